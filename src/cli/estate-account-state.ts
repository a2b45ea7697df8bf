/** Whether anybody can sign in with an account of this status. */
export const isOpen = ({ status }: { readonly status: string }): boolean =>
  status !== 'deactivated' && status !== 'for_deletion'

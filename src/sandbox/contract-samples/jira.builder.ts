import { payDevs, sample } from './sample.builder.ts'

const jira = '/rest/api/3'

export const jiraSamples = [
  sample('jira', `GET ${jira}/serverInfo`, 200),
  sample('jira', `GET ${jira}/myself`, 200),
  sample('jira', `GET ${jira}/mypermissions?permissions=ADMINISTER,ADMINISTER_PROJECTS`, 200),
  sample('jira', `GET ${jira}/applicationrole`, 200),
  sample('jira', `GET ${jira}/project`, 200),
  sample('jira', `GET ${jira}/project/search?maxResults=1`, 200),
  sample('jira', `GET ${jira}/project/search?keys=NONE`, 404),
  sample('jira', `GET ${jira}/project/PAY`, 200),
  sample('jira', `GET ${jira}/project/TEAM/role`, 200),
  sample('jira', `GET ${jira}/project/TEAM/roledetails`, 200),
  sample('jira', `GET ${jira}/projectCategory`, 200),
  sample('jira', `GET ${jira}/role`, 200),
  sample('jira', `GET ${jira}/project/PAY/role/10001`, 200),
  sample('jira', `GET ${jira}/project/TEAM/role/10360`, 200),
  sample('jira', `POST ${jira}/project/PAY/role/10001`, 200, { user: ['712020:hid'] }),
  sample('jira', `PUT ${jira}/project/PAY/role/10001`, 200, {
    categorisedActors: { 'atlassian-user-role-actor': ['712020:svc'] },
  }),
  sample('jira', `DELETE ${jira}/project/PAY/role/10001?user=712020:svc`, 204),
  sample('jira', `GET ${jira}/group/bulk`, 200),
  sample('jira', `GET ${jira}/group/member?groupId=${payDevs}&includeInactiveUsers=true`, 200),
  sample('jira', `GET ${jira}/users`, 200),
  sample('jira', `GET ${jira}/users/search`, 200),
  sample('jira', `GET ${jira}/user?accountId=712020:hid`, 200),
  sample('jira', `GET ${jira}/user/bulk?accountId=712020:ana&accountId=557058:app`, 200),
  sample('jira', `GET ${jira}/user/groups?accountId=712020:ana`, 200),
  sample('jira', `GET ${jira}/user/search?query=ana`, 200),
]

#!/usr/bin/env bash
# One command of Roster in a workflow: its plan as summary of the job and as comment, its exit code as GitHub takes it.
set -euo pipefail

roster() { node "$GITHUB_ACTION_PATH/../../../bin/roster.js" "$@"; }
fail() { echo "::error title=Roster::$1"; exit 1; }

markdown="$RUNNER_TEMP/roster-$ROSTER_COMMAND.md"
read -r -d '' -a paths <<<"$ROSTER_PATHS" || true
flags=(-o markdown)
if [ -n "$ROSTER_STATE" ]; then flags+=(--state "$ROSTER_STATE"); fi
if [ "$ROSTER_REDACT_EMAILS" = true ]; then flags+=(--redact-emails); fi

main() {
  case "$GITHUB_EVENT_NAME" in
    # they run with the secrets of this repository, on what anybody proposes
    pull_request_target | workflow_run) fail "this action does not run on $GITHUB_EVENT_NAME: use pull_request" ;;
  esac
  case "$ROSTER_COMMAND" in
    validate) validate ;;
    plan) plan ;;
    apply) apply ;;
    drift) drift ;;
    *) fail "command is validate, plan, apply or drift, not $ROSTER_COMMAND" ;;
  esac
}

# annotations, on the lines that have a mistake
validate() {
  local code=0
  roster validate -o github -- "${paths[@]}" || code=$?
  echo "exit-code=$code" >>"$GITHUB_OUTPUT"
  return "$code"
}

plan() {
  if [ "$GITHUB_EVENT_NAME" = pull_request ]; then
    if [ "$HEAD_REPOSITORY" != "$GITHUB_REPOSITORY" ]; then
      echo "::notice title=Roster::No plan: GitHub gives no secrets to pull requests from forks. The mistakes are checked."
      validate
      return
    fi
    # the keys must not go where only this proposal sends them; it may be for a branch that nobody has agreed to either
    local base="$RUNNER_TEMP/roster-base"
    git fetch --quiet --depth=1 origin "refs/heads/$DEFAULT_BRANCH"
    git worktree add --quiet --force --detach "$base" FETCH_HEAD
    flags+=(--base "$base")
  fi
  if [ -n "$ROSTER_PLAN_FILE" ]; then flags+=(--out "$ROSTER_PLAN_FILE"); fi
  local code=0
  roster plan "${flags[@]}" -- "${paths[@]}" >"$markdown" || code=$?
  if [ "$GITHUB_EVENT_NAME" = pull_request ]; then write_down; fi
  finish "$code"
}

apply() {
  if [ "$GITHUB_EVENT_NAME" = pull_request ]; then fail 'apply is for what was merged, not for a pull request'; fi
  if [ -n "$ROSTER_PLAN_FILE" ]; then paths=("$ROSTER_PLAN_FILE"); fi
  local code=0
  roster apply --yes --lock-timeout 10m "${flags[@]}" -- "${paths[@]}" >"$markdown" || code=$?
  finish "$code"
}

drift() {
  if [ "$GITHUB_EVENT_NAME" = pull_request ]; then fail 'drift is for what was merged, not for a pull request'; fi
  local code=0
  roster drift "${flags[@]}" -- "${paths[@]}" >"$markdown" || code=$?
  case "$code" in
    0) write_down --issue --done ;;
    2 | 3) write_down --issue ;;
  esac
  finish "$code"
}

# a plan that nobody may comment is still in the summary
write_down() {
  if [ "$ROSTER_COMMENT" = true ] && [ -s "$markdown" ]; then
    roster comment "$markdown" "$@" || echo '::warning title=Roster::The comment could not be written: see the log.'
  fi
}

# 2: changes are pending, 3: a guardrail holds some. People decide on both; everything else but 0 is an error.
finish() {
  echo "exit-code=$1" >>"$GITHUB_OUTPUT"
  echo "markdown=$markdown" >>"$GITHUB_OUTPUT"
  if [ -s "$markdown" ]; then cat "$markdown" >>"$GITHUB_STEP_SUMMARY"; fi
  case "$1" in
    0 | 2) return 0 ;;
    3) echo '::warning title=Roster::A guardrail holds something: the summary names it, and how to approve it.' ;;
    *) return "$1" ;;
  esac
}

main

"""Drives atlassian-python-api over what access management reads and writes, and prints what each call gave as JSON.

It calls Atlassian's own names over https: the environment leads it elsewhere (HTTPS_PROXY, REQUESTS_CA_BUNDLE) and
has the keys (API_TOKEN of svc@acme.com, ORGANIZATION_KEY, SCIM_KEY).
"""

import json
import os
import warnings
from importlib.metadata import version

from atlassian import CloudAdmin, CloudAdminOrgs, Confluence, ConfluenceServer, ConfluenceV2, Jira, JiraCloud
from requests import HTTPError

SITE = "https://acme.atlassian.net"
ORGANIZATION = "0f1e2d3c-0000-4000-8000-000000000001"
DIRECTORY = "0f1e2d3c-0000-4000-8000-000000000002"
SCIM = "0f1e2d3c-0000-4000-8000-000000000003"
PAY_DEVS = "0f1e2d3c-0000-4000-8000-000000000012"
POLICY = "0f1e2d3c-0000-4000-8000-000000000020"
ROLE = "0f1e2d3c-0000-4000-8000-00000000000a"
ANA, LEO, HANA = "712020:ana", "712020:leo", "712020:hid"

warnings.simplefilter("ignore", DeprecationWarning)


def run(calls):
    """The value of each call, or how it was refused."""
    outcomes = {}
    for name, call in calls.items():
        try:
            outcomes[name] = {"value": call()}
        except HTTPError as error:
            outcomes[name] = {"status": error.response.status_code, "body": error.response.text[:300]}
        except Exception as error:  # the client's own reading of an answer, or a call before it, went wrong
            outcomes[name] = {"error": repr(error)}
    return outcomes


def actors(role):
    return sorted(
        actor.get("actorUser", {}).get("accountId") or actor["actorGroup"]["name"] for actor in role["actors"]
    )


def jira_calls(jira):
    made = {}

    def create_group():
        made.update(jira.create_group(data={"name": "py-devs"}))
        return made["name"]

    group = {"group_id": PAY_DEVS}
    return {
        "jira: who calls": lambda: jira.get_current_user()["accountId"],
        "jira: the site": lambda: jira.get_server_info()["deploymentType"],
        "jira: own permissions": lambda: list(jira.get_my_permissions(permissions="ADMINISTER")["permissions"]),
        "jira: application roles": lambda: [role["key"] for role in jira.get_all_application_roles()],
        "jira: projects": lambda: [project["key"] for project in jira.search_projects()["values"]],
        "jira: one project": lambda: jira.get_project("PAY")["id"],
        "jira: project categories": lambda: [category["name"] for category in jira.get_all_project_categories()],
        "jira: shared roles": lambda: [role["name"] for role in jira.get_all_project_roles()],
        "jira: roles of a project": lambda: sorted(jira.get_project_roles("PAY")),
        "jira: role details": lambda: [role["id"] for role in jira.get_project_role_details("PAY")],
        "jira: actors of a role": lambda: actors(jira.get_project_role("PAY", 10001)),
        "jira: add a user to a role": lambda: actors(jira.add_actor_users("PAY", 10001, data={"user": [HANA]})),
        "jira: add a group to a role": lambda: actors(jira.add_actor_users("PAY", 10002, data={"groupId": [PAY_DEVS]})),
        "jira: take a user out of a role": lambda: jira.delete_actor("PAY", 10001, user=HANA),
        "jira: take a group out of a role": lambda: jira.delete_actor("PAY", 10002, group_id=PAY_DEVS),
        "jira: actors afterwards": lambda: actors(jira.get_project_role("PAY", 10001)),
        "jira: groups": lambda: len(jira.bulk_get_groups()["values"]),
        "jira: members of a group": lambda: [user["accountId"] for user in jira.get_users_from_group(**group)["values"]],
        "jira: create a group": create_group,
        "jira: add a member": lambda: jira.add_user_to_group(group_id=made["groupId"], data={"accountId": ANA})["name"],
        "jira: members of the new group": lambda: jira.get_users_from_group(group_id=made["groupId"])["total"],
        "jira: remove a member": lambda: jira.remove_user_from_group(group_id=made["groupId"], account_id=ANA),
        "jira: remove the group": lambda: jira.remove_group(group_id=made["groupId"]),
        "jira: a user": lambda: jira.get_user(account_id=ANA)["displayName"],
        "jira: the groups of a user": lambda: [one["name"] for one in jira.get_user_groups(account_id=ANA)],
        "jira: users by id": lambda: jira.bulk_get_users(account_id=[ANA, HANA])["total"],
    }


def confluence_calls(confluence, legacy, oldest):
    permission = ("FIN", "user", HANA, "read", "space")
    return {
        "confluence: spaces": lambda: [space["key"] for space in confluence.get_spaces()],
        "confluence: spaces, page by page": lambda: [space["key"] for space in confluence.get_spaces(limit=1)],
        "confluence: a space by key": lambda: confluence.get_space_by_key("FIN")["id"],
        "confluence: a space by id": lambda: confluence.get_space("65537")["key"],
        "confluence: the role mode": lambda: confluence.get_space_role_mode()["mode"],
        "confluence: roles": lambda: sorted(role["name"] for role in confluence.get_space_roles()["results"]),
        "confluence: a role": lambda: confluence.get_space_role(ROLE)["name"],
        "confluence: permissions there are": lambda: len(confluence.get_space_permissions()["results"]) > 0,
        "confluence: users by id": lambda: len(confluence.bulk_get_users(data={"accountIds": [ANA]})["results"]),
        "confluence: groups": lambda: len(legacy.get_all_groups(limit=200)),
        "confluence: a group": lambda: legacy.get_group(PAY_DEVS)["name"],
        "confluence: members of a group": lambda: len(legacy.get_group_members(PAY_DEVS, limit=200)["results"]),
        "confluence: give a permission": lambda: oldest.add_space_permissions(*permission)["operation"],
        "confluence: give it again": lambda: oldest.add_space_permissions(*permission),
    }


def administration_calls(admin):
    directory = (ORGANIZATION, DIRECTORY)

    def found(data):
        return [user["email"] for user in admin.search_directory_users(*directory, data=data)["data"]]

    made = {}

    def move():
        made.update(admin.add_users_to_auth_policy(ORGANIZATION, POLICY, {"users": ["ana@acme.com"]}))
        return sorted(made)

    return {
        "admin: organizations": lambda: [one["id"] for one in admin.get_organizations()["data"]],
        "admin: directories": lambda: [one["directoryId"] for one in admin.get_directories(ORGANIZATION)["data"]],
        "admin: people": lambda: found({"emails": ["ana@acme.com"]}),
        "admin: a user": lambda: admin.get_directory_user(*directory, ANA)["data"]["accountId"],
        "admin: number of people": lambda: admin.get_directory_users_count(*directory)["count"],
        "admin: groups": lambda: [
            one["name"] for one in admin.search_directory_groups(*directory, data={"groupNames": ["pay-devs"]})["data"]
        ],
        "admin: a group": lambda: admin.get_group(*directory, PAY_DEVS)["data"]["name"],
        "admin: deactivate an account": lambda: admin.deactivate_user(HANA),
        "admin: what became of it": lambda: admin.get_directory_user(*directory, HANA)["data"]["accountStatus"],
        "admin: move a person to a policy": move,
        "admin: the task of it": lambda: admin.get_auth_policy_task(ORGANIZATION, made["taskId"])["successCount"],
        "admin: policies of people": lambda: [
            one["authPolicyInfo"]["policyId"]
            for one in admin.get_users_auth_policies(ORGANIZATION, {"accountIds": [ANA]})
        ],
    }


def scim_calls(scim):
    address = "mia@acme.com"
    emails = [{"value": address, "type": "work", "primary": True}]
    person = {"userName": address, "displayName": "Mia K", "emails": emails, "active": True}
    made = {}

    def create_user():
        made.update(scim.create_scim_user(SCIM, person))
        return made["userName"]

    deactivate = [{"op": "replace", "path": "active", "value": False}]
    named = 'userName eq "mia@acme.com"'

    def join():
        member = [{"op": "add", "path": "members", "value": [{"value": made["id"]}]}]
        return len(scim.patch_scim_group(SCIM, "scim-staff", member)["members"])

    return {
        "scim: users": lambda: scim.get_scim_users(SCIM)["totalResults"],
        "scim: create a user": create_user,
        "scim: find a user": lambda: scim.get_scim_users(SCIM, filter=named)["totalResults"],
        "scim: replace a user": lambda: scim.replace_scim_user(SCIM, made["id"], {**person, "title": "Lead"})["title"],
        "scim: deactivate a user": lambda: scim.patch_scim_user(SCIM, made["id"], deactivate)["active"],
        "scim: add a member": join,
        "scim: a group": lambda: scim.get_scim_group(SCIM, "scim-staff")["displayName"],
        "scim: delete a user": lambda: scim.delete_scim_user(SCIM, made["id"]),
        "scim: a user that is not there": lambda: scim.get_scim_user(SCIM, made["id"]),
        "scim: what the directory can": lambda: scim.get_scim_service_provider_config(SCIM)["patch"]["supported"],
        "scim: schemas": lambda: scim.get_scim_schemas(SCIM)["totalResults"],
        "scim: resource types": lambda: scim.get_scim_resource_types(SCIM, "User")["endpoint"],
    }


def wrong_calls(jira, modern, legacy, oldest, organizations):
    """Calls of the client that are not, or no longer, Atlassian's."""
    return {
        "wrong: a user by name": lambda: jira.user(username="ana"),
        "wrong: a user by key": lambda: jira.user(key="ana"),
        "wrong: a user of another client by name": lambda: modern.get_user(username="ana"),
        "wrong: remove a member by name": lambda: modern.remove_user_from_group(group_id=PAY_DEVS, username="ana"),
        "wrong: add a member by name": lambda: modern.add_user_to_group(group_id=PAY_DEVS, data={"name": "ana"}),
        "wrong: a user into a role by name": lambda: jira.add_user_into_project_role("PAY", 10001, "ana"),
        "wrong: search for people by name, v1": lambda: organizations.search_users_in_organization(ORGANIZATION),
        "wrong: domains, v2": lambda: CloudAdmin(os.environ["ORGANIZATION_KEY"]).get_domains(ORGANIZATION),
        "wrong: permissions of a space, v1": lambda: oldest.get_space_permissions("FIN"),
        "wrong: a permission by JSON-RPC": lambda: oldest.remove_space_permission("FIN", "ana", "VIEWSPACE"),
        "wrong: the current user, v2": lambda: legacy.get_current_user(),
        "wrong: spaces by a path of its own": lambda: legacy.get_spaces(),
    }


def main():
    basic = {"username": "svc@acme.com", "password": os.environ["API_TOKEN"]}
    modern = JiraCloud(SITE, **basic)
    confluence = ConfluenceV2(f"{SITE}/wiki", **basic)
    legacy = Confluence(SITE, cloud=True, **basic)
    oldest = ConfluenceServer(f"{SITE}/wiki", cloud=True, **basic)
    admin = CloudAdmin(os.environ["ORGANIZATION_KEY"])
    scim = CloudAdmin(os.environ["SCIM_KEY"])
    organizations = CloudAdminOrgs(os.environ["ORGANIZATION_KEY"])
    calls = {
        **jira_calls(modern),
        **confluence_calls(confluence, legacy, oldest),
        **administration_calls(admin),
        **scim_calls(scim),
        **wrong_calls(Jira(SITE, cloud=True, **basic), modern, legacy, oldest, organizations),
    }
    print(json.dumps({"version": version("atlassian-python-api"), "outcomes": run(calls)}))


main()

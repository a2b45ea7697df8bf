"""Runs every check of scim2-tester on a SCIM directory and prints the results as JSON.

Arguments: base URL of the directory, e-mail domain that the directory takes. Environment: SCIM_KEY.
"""

import json
import os
import random
import sys
import uuid
from importlib.metadata import version
from typing import get_args

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import ResourceType, Schema, ScimPolicy, ScimProvider
from scim2_tester import check_server


class Addresses:
    """Stands for the list of examples from which the tester draws: a new address of the domain each time."""

    def __init__(self, domain):
        self.domain = domain

    def __len__(self):
        return 1

    def __getitem__(self, _index):
        return f"{uuid.uuid4()}@{self.domain}"


def describe(client):
    """What the directory publishes. Attributes that it does not publish are passed over: Atlassian answers with an
    extension that it does not describe, and the URN of that one is not of the form that the tester can address.
    """
    schemas = client.query(Schema).resources
    resource_types = client.query(ResourceType).resources
    policy = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
    return ScimProvider.from_discovery(schemas, resource_types, None, policy)


def models_in(annotation):
    for argument in get_args(annotation):
        yield from models_in(argument)
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        yield annotation


def main(base_url, domain):
    # which of two values a boolean gets must not differ from run to run
    random.seed(1)
    http = Client(base_url=base_url, headers={"authorization": f"Bearer {os.environ['SCIM_KEY']}"})
    client = SyncSCIMClient(http)
    client.provider = describe(client)
    user = next(model for model in client.provider.models if "emails" in model.model_fields)
    email = next(models_in(user.model_fields["emails"].annotation))
    # an account is made for addresses of a verified domain only
    email.model_fields["value"].examples = Addresses(domain)
    results = [
        {
            "check": " ".join(part for part in (result.resource_type, result.title) if part),
            "status": result.status.name.lower(),
            "reason": (result.reason or "").replace("\n", " "),
        }
        for result in check_server(client)
    ]
    print(json.dumps({"version": version("scim2-tester"), "results": results}))


main(*sys.argv[1:])

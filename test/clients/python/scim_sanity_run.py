"""Runs the probe of scim-sanity, in its strict mode, on a SCIM directory and prints the results as JSON.

Arguments: base URL of the directory, e-mail domain that the directory takes. Environment: SCIM_KEY.
"""

import json
import os
import sys

from scim_sanity.probe.runner import run_probe_api


def main(base_url, domain):
    # an account is made for addresses of a verified domain only
    address = f"scim-sanity-probe@{domain}"
    user = {"userName": address, "emails": [{"value": address, "type": "work", "primary": True}]}
    report = run_probe_api(base_url, token=os.environ["SCIM_KEY"], strict=True, extra_user_fields=user)
    results = [
        {"check": result["name"], "status": result["status"], "reason": result.get("message") or ""}
        for result in report["results"]
    ]
    print(json.dumps({"version": report["version"], "results": results}))


main(*sys.argv[1:])

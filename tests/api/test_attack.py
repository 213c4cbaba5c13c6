"""Every operation of the API against what its own schema allows, and what it forbids: answered in words, never a trace."""

import os

import pytest
from attacking import faults, operations
from fastapi.testclient import TestClient
from httpx2 import Response
from schemathesis import Case

Headers = dict[str, str]
EXAMPLES = int(os.environ.get("GZ_ATTACK_EXAMPLES", "2"))  # of each kind, for each operation


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_request_makes_the_service_fall_over_or_tell_of_its_insides(client: TestClient, dispatcher: Headers) -> None:
    incident = client.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}, headers=dispatcher).json()
    job = client.post(f"/v1/incidents/{incident['id']}/assignments", json={}, headers=dispatcher).json()["assignments"][
        0
    ]
    known = {"incident_id": incident["id"], "assignment_id": job["id"], "unit_id": "S000"}

    def send(case: Case) -> Response:
        asked = case.as_transport_kwargs(base_url="http://testserver", headers=dispatcher)
        return client.request(asked.pop("method"), asked.pop("url"), **asked)

    found = [fault for one in operations(client.app) for fault in faults(one, send, known, EXAMPLES)]
    assert found == []

"""Botocore's model and client for the tests, one JSON command a line.

{"check": [{"service", "operation", "input", "output" | "fault"}]} answers {"wrong": ["place: what"]}
{"call": [endpoint, service, operation, parameters, [key id, secret, session token]]} answers {"output": ...} or {"error": {"code", "message", "status"}};
times are {"datetime": "..."}, bytes {"base64": "..."}.
"""

import base64
import json
import re
import sys
from datetime import datetime

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import OperationNotFoundError
from botocore.validate import ParamValidator

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html, and what each of its JSON services says.
COMMON = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "InternalFailure",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
}
# Of the query protocol.
COMMON_QUERY = {
    "AccessDenied",
    "ExpiredToken",
    "InvalidAction",
    "MissingAuthenticationToken",
    "Throttling",
    "ValidationError",
}

NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float)}
YEARS = (datetime(2020, 1, 1).timestamp(), datetime(2040, 1, 1).timestamp())

# One try: an error is told as it came. What is wrong goes out, for the sandbox to refuse.
CONFIG = Config(region_name="eu-central-1", retries={"total_max_attempts": 1}, parameter_validation=False)

session = botocore.session.get_session()
models = {}
clients = {}


def model_of(service):
    if service not in models:
        models[service] = session.get_service_model(service)
    return models[service]


def walk(shape, value, place, times):
    """Differences between a value as it goes over the wire and its shape."""
    kind = shape.type_name
    if value is None:
        yield f"{place}: is null"
    elif kind == "structure":
        yield from walk_structure(shape, value, place, times)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{place}: is no list"
            return
        for at, entry in enumerate(value):
            yield from walk(shape.member, entry, f"{place}[{at}]", times)
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{place}: is no map"
            return
        for key, entry in value.items():
            yield from walk(shape.key, key, f"{place} key", times)
            yield from walk(shape.value, entry, f"{place}.{key}", times)
    elif kind in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, NUMBERS[kind]):
            yield f"{place}: {json.dumps(value)} is no {kind}"
        elif not within(shape, value):
            yield f"{place}: {value} is out of range"
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield f"{place}: {json.dumps(value)} is no boolean"
    elif kind == "timestamp":
        yield from walk_time(value, place, times)
    elif not isinstance(value, str):
        yield f"{place}: {json.dumps(value)} is no {kind}"
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{place}: {json.dumps(value)} is none of {', '.join(shape.enum)}"
    elif not within(shape, len(value)):
        yield f"{place}: {len(value)} characters are too few or too many"
    elif not re.search(python_pattern(shape), value):
        yield f"{place}: {json.dumps(value)} does not match {shape.metadata['pattern']}"


def walk_structure(shape, value, place, times):
    if not isinstance(value, dict):
        yield f"{place}: is no structure"
        return
    members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    for name in shape.required_members:
        if name not in value:
            yield f"{place}: lacks {name}"
    for name, entry in value.items():
        if name in members:
            yield from walk(members[name], entry, f"{place}.{name}", times)
        else:
            yield f"{place}: {name} is not in the model"


def walk_time(value, place, times):
    if times == "iso":
        try:
            value = datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()
        except ValueError:
            yield f"{place}: {json.dumps(value)} is no ISO 8601 time"
            return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield f"{place}: {json.dumps(value)} is no number of seconds"
    elif not YEARS[0] < value < YEARS[1]:
        yield f"{place}: {value} seconds are no time of our days"


def within(shape, size):
    limits = shape.metadata
    return limits.get("min", size) <= size <= limits.get("max", size)


def python_pattern(shape):
    """Java's classes of characters in Python's spelling; patterns hold for the whole text."""
    pattern = shape.metadata.get("pattern", "")
    for java, python in (("\\p{L}", "\\w"), ("\\p{Z}", "\\s"), ("\\p{N}", "\\d")):
        pattern = pattern.replace(java, python)
    return f"^(?:{pattern})$" if pattern else ""


def check(entry):
    if entry.get("passedOn"):
        return
    service, operation = entry["service"], entry["operation"]
    model = model_of(service)
    query = model.metadata["protocol"] == "query"
    fault = entry.get("fault")
    try:
        found = model.operation_model(operation)
    except OperationNotFoundError:
        if not fault or fault["type"] not in ("UnknownOperationException", "InvalidAction"):
            yield f"{service} {operation}: the model has no such operation"
        return
    place = f"{service} {operation}"
    if fault:
        known = {error.error_code for error in found.error_shapes}
        if fault["type"] not in known | (COMMON_QUERY if query else COMMON):
            yield f"{place}: the error {fault['type']} is none of {', '.join(sorted(known))}"
        return
    # The text fields of a form have lost their types.
    if found.input_shape and not query:
        report = ParamValidator().validate(entry["input"], found.input_shape)
        if report.has_errors():
            yield f"{place} input: {report.generate_report()}"
        yield from walk(found.input_shape, entry["input"], f"{place} input", "seconds")
    if found.output_shape:
        yield from walk(found.output_shape, entry.get("output"), f"{place} output", "iso" if query else "seconds")
    elif entry.get("output"):
        yield f"{place}: answers, where the model has no output"


def call(endpoint, service, operation, parameters, credentials):
    key = (endpoint, service, *credentials)
    if key not in clients:
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        clients[key] = session.create_client(
            service, endpoint_url=endpoint, config=CONFIG, **dict(zip(names, credentials))
        )
    try:
        answer = getattr(clients[key], xform_name(operation))(**parameters)
    except ClientError as error:
        said = error.response
        status = said["ResponseMetadata"]["HTTPStatusCode"]
        return {"error": {"code": said["Error"]["Code"], "message": said["Error"]["Message"], "status": status}}
    answer.pop("ResponseMetadata", None)
    return {"output": answer}


def as_json(value):
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"{value!r} is not expected")


def revive(value):
    return base64.b64decode(value["base64"]) if list(value) == ["base64"] else value


for line in sys.stdin:
    command = json.loads(line, object_hook=revive)
    if "check" in command:
        result = {"wrong": sorted({wrong for entry in command["check"] for wrong in check(entry)})}
    else:
        result = call(*command["call"])
    print(json.dumps(result, default=as_json), flush=True)

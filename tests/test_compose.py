"""What docker-compose.yml, the Dockerfile and .env.example promise, read without an engine."""

import base64
import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import timedelta
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml

from pipeline.machine import container, pools
from pipeline.settings import ROOT, Settings
from pipeline.steps import leases
from pipeline.ui import runbook

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
WHOLE = yaml.safe_load(COMPOSE)
SERVICES = WHOLE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("wiredesk")}
ONCE = {"databases", "migrate", "wiredesk"}  # it is well if it ends well
PARTS = OURS.keys() - {"wiredesk"}  # which is what people type, and no part
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")
EACH = pytest.mark.parametrize(("name", "service"), SERVICES.items(), ids=SERVICES)
CELERY = {"CELERY__BROKER_URL", "CELERY__RESULT_BACKEND", "CELERY__WORKER_CONCURRENCY", "CELERY__WORKER_PREFETCH_MULTIPLIER"}


def strings(node):
    """Return every text below a node, keys aside."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []


def filled(name):
    """Return a service's environment with a made-up value for each variable, as Compose would hand it over."""
    return {key: VARIABLE.sub(lambda found: f"secret-{found[1].lower()}", value) for key, value in SERVICES[name]["environment"].items()}


def seconds(text):
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


def examples():
    """Return the names of .env.example, each with the line above it and what stands behind it."""
    lines = EXAMPLE.splitlines()
    found = [(line, above) for above, line in itertools.pairwise(lines) if line and not line.startswith("#")]
    return {line.partition("=")[0]: (above.removeprefix("# "), line.partition("=")[2]) for line, above in found}


def test_the_file_is_what_the_specification_allows():
    schema = json.loads((ROOT / "tests" / "data" / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(WHOLE)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate({"services": {"web": {"read_onyl": True}}})


def test_no_key_stands_twice_in_one_mapping():
    class Strict(yaml.SafeLoader):
        def construct_mapping(self, node, deep=False):
            keys = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
            assert len(keys) == len(set(keys)), keys
            return super().construct_mapping(node, deep)

    yaml.load(COMPOSE, Strict)


def test_every_variable_must_be_set_and_is_in_the_example():
    used = VARIABLE.findall(COMPOSE)
    assert {rest for _, rest in used} == {":?"}, "a variable with a default, or one that may be empty"
    assert "$" not in VARIABLE.sub("", COMPOSE)
    assert {name for name, _ in used} == examples().keys()


def test_no_secret_is_written_down():
    """What follows a password's name, or stands before the @ of an address, is a variable everywhere."""
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|_KEY|AUTH\b", key):
                assert VARIABLE.fullmatch(value), f"{name}: {key}"
        for text in strings(service):
            for login in re.findall(r"://([^/@\s]*)@", text):
                assert VARIABLE.fullmatch(login.partition(":")[2]), f"{name}: {text}"
    assert all(given == "" for _, given in examples().values())
    assert not re.search(r"(?i)password|secret|_key|token", DOCKERFILE)


def test_the_command_above_a_name_makes_a_value_that_can_be_used():
    for name, (command, _) in examples().items():
        if name == "WIREDESK_CONTACT":
            continue
        made = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.strip()
        again = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.strip()
        assert made != again, name
        if name == "FERNET_KEY":
            assert len(base64.urlsafe_b64decode(made)) == 32
        else:
            assert re.fullmatch(r"[\w-]{24,}", made), f"{name} does not fit into an address"
        assert name != "JWT_SECRET" or len(made) >= 64


def test_one_secret_has_one_value_everywhere():
    values = {}
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            values.setdefault(key, set()).add(value)
    differ = {key for key, found in values.items() if len(found) > 1}
    assert differ == {"WIREDESK_WORKERS"}


def test_what_is_handed_to_workers_they_can_begin_and_the_writer_has_a_slot_of_its_own():
    """A task that waits in Redis has no priority, and fails in the end; one that waits for its pool has, and does not."""
    given = {queue: {key: int(value) for key, value in filled(queue).items() if value.isdecimal()} for queue in container.QUEUES}
    at_once = {queue: values["AIRFLOW__CELERY__WORKER_CONCURRENCY"] for queue, values in given.items()}
    slots = given["cpu"]
    assert at_once == {"web": slots["WIREDESK_WEB_SLOTS"], "cpu": slots["WIREDESK_CPU_SLOTS"] + pools.POOLS["writer"][0]}
    assert slots["WIREDESK_READERS"] < slots["WIREDESK_CPU_SLOTS"], "who follows stays long: others of `cpu` must get on"
    assert slots["WIREDESK_READERS"] * slots["WIREDESK_WORKERS"] <= SERVICES["cpu"]["cpus"]


def overrides():
    """Return the files that docs/deploy.md shows for `compose.override.yml`: more workers, this machine's door, another machine."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8").partition("## Add workers")[2].partition("\n## ")[0]
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]


def test_what_the_guide_lays_over_this_file_fits_it():
    wide, door, there = overrides()
    schema = json.loads((ROOT / "tests" / "data" / "compose-spec.json").read_text(encoding="utf-8"))
    for over in (wide, door, there):
        jsonschema.Draft7Validator(schema).validate(over)
        assert over["services"].keys() <= SERVICES.keys()
        networks = {network for service in over["services"].values() for network in service.get("networks", ())}
        assert networks <= WHOLE["networks"].keys() | over.get("networks", {}).keys()
        assert {rest for _, rest in VARIABLE.findall(json.dumps(over))} <= {":?"}
    for name in container.QUEUES:
        known = filled(name)
        assert there["services"][name]["environment"].keys() <= known.keys() | {container.EXECUTION}
        reached = {key for key, value in known.items() if re.search("postgres:|redis:6379", value)}
        assert reached <= there["services"][name]["environment"].keys(), "names of this machine's network"
    many = {queue: wide["services"][queue]["scale"] for queue in container.QUEUES}
    assert {name for name in OURS if SERVICES[name]["environment"].keys() & wide["x-width"].keys()} - wide["services"].keys() == {
        "wiredesk"
    }
    width = {name: int(value) for name, value in wide["services"]["migrate"]["environment"].items()}
    at_once = {queue: many[queue] * int(filled(queue)["AIRFLOW__CELERY__WORKER_CONCURRENCY"]) for queue in container.QUEUES}
    assert at_once == {"web": width["WIREDESK_WEB_SLOTS"], "cpu": width["WIREDESK_CPU_SLOTS"] + pools.POOLS["writer"][0]}
    assert width["WIREDESK_READERS"] <= many["cpu"] * SERVICES["cpu"]["cpus"]
    assert width["WIREDESK_READERS"] < width["WIREDESK_CPU_SLOTS"]
    assert sum(at_once.values()) <= int(filled("scheduler")["AIRFLOW__CORE__PARALLELISM"])


def test_the_news_and_airflow_are_two_databases_of_two_roles():
    addresses = {value for service in OURS.values() for value in service["environment"].values() if "postgresql" in value}
    found = {(urlsplit(VARIABLE.sub("x", address)).username, urlsplit(VARIABLE.sub("x", address)).path) for address in addresses}
    assert found == {("news", "/news"), ("airflow", "/airflow"), ("postgres", "/postgres")}
    assert {name for name, service in OURS.items() if container.ADMIN[0] in service["environment"]} == {"databases"}, "who makes the others"


@EACH
def test_a_service_is_locked_in(name, service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert not service.get("privileged")
    assert service.get("network_mode") is None
    assert not any("docker.sock" in text for text in strings(service))
    for mount in service["volumes"]:
        source, _, rest = mount.partition(":")
        assert source in WHOLE["volumes"] or (source.startswith("./") and rest.endswith(":ro")), mount


@EACH
def test_a_service_has_limits_and_an_end(name, service):
    assert {"mem_limit", "cpus", "pids_limit", "stop_grace_period"} <= service.keys()
    assert service["init"] is True, "somebody must bury the children of killed children"
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert {"max-size", "max-file"} <= service["logging"]["options"].keys()


@EACH
def test_a_service_says_whether_it_is_well(name, service):
    check = service["healthcheck"]
    if name in ONCE:
        assert check == {"disable": True}
        return
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert seconds(check["timeout"]) > container.ANSWER
    if name in OURS:
        assert check["test"] == ["CMD", "python", "-m", "pipeline.machine.container", "probe", name]
        assert name in container.COMMANDS


@EACH
def test_a_service_waits_for_those_that_it_needs(name, service):
    for other, how in service.get("depends_on", {}).items():
        assert how["condition"] == ("service_completed_successfully" if other in {"databases", "migrate"} else "service_healthy")
    if name in {"scheduler", *container.QUEUES}:
        assert "redis" in service["depends_on"]


@EACH
def test_an_image_is_pinned(name, service):
    tag = service["image"].partition(":")[2]
    assert re.match(r"\d+\.\d+", tag), service["image"]
    if name in OURS:
        assert tag == tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        assert service["pull_policy"] == "never"


def test_nothing_is_published_but_the_ui_and_that_on_loopback():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"api-server": ["127.0.0.1:8080:8080"]}


def test_only_who_reads_the_web_and_who_shows_the_ui_can_leave():
    assert WHOLE["networks"] == {"inside": {"internal": True}, "outside": {}}
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {"api-server", "web", "wiredesk"}
    assert all("inside" in service["networks"] for service in SERVICES.values())


def test_every_volume_is_declared_and_used():
    mounted = {mount.partition(":")[0] for service in SERVICES.values() for mount in service["volumes"]}
    assert mounted == WHOLE["volumes"].keys()


@pytest.mark.parametrize("queue", container.QUEUES)
def test_a_worker_may_end_what_it_began(queue):
    assert seconds(SERVICES[queue]["stop_grace_period"]) > (leases.LONGEST + leases.SPARE) / timedelta(seconds=1)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_part_gets_what_it_needs_and_no_more(name):
    assert SERVICES[name]["command"] == [name]
    told = container.environment(Settings(var=ROOT / "var"), filled(name), name)
    secrets = {
        key for key in (*container.CONTROL, *container.BROKER, *container.NEWS, *container.ADMIN, container.LOGIN) if key in filled(name)
    }
    assert secrets == set(container.NEEDS[name])
    assert told["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert told["AIRFLOW__CORE__DEFAULT_TASK_RETRIES"] == "2", "as ./wiredesk up has it"
    assert container.LOGIN not in told, "a child has no use for it"


def test_what_people_type_knows_what_a_clones_command_knows_and_does_not_start_by_itself():
    service = SERVICES["wiredesk"]
    assert service["entrypoint"] == ["python", "-m", "pipeline.cli"], "as the launcher of a clone has it"
    assert service["profiles"], "`docker compose up` leaves it out"
    assert service["environment"].keys() >= {*container.CONTROL, *container.NEWS, "WIREDESK_CONTACT"}
    assert Settings(command=service["environment"]["WIREDESK_COMMAND"]).command == "docker compose run --rm wiredesk"


def test_every_setting_is_one_of_ours():
    known = {f"WIREDESK_{name.upper()}" for name in Settings.model_fields}
    given = {key for service in OURS.values() for key in service["environment"] if key.startswith("WIREDESK_")}
    assert given <= known
    assert {"WIREDESK_DATABASE_URL", "WIREDESK_CONTACT"} <= given


@pytest.mark.airflow
@pytest.mark.process
def test_every_option_is_one_of_airflows(tmp_path):
    code = (
        "from airflow.configuration import conf; import json;"
        "print(json.dumps({s: list(o['options']) for s, o in conf.configuration_description.items()}))"
    )
    environment = os.environ | {"AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    known = {f"{section}__{option}".upper() for section, options in json.loads(done.stdout).items() for option in options}
    told = set().union(*(container.environment(Settings(var=tmp_path), filled(name), name) for name in PARTS))
    options = {key.removeprefix("AIRFLOW__") for key in told if key.startswith("AIRFLOW__")}
    assert options - known - CELERY == set()


def test_the_second_lock_adds_to_the_lock_and_contradicts_nothing():
    base, more = ((ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock.txt", "deploy/requirements.machines.lock.txt"))
    pins, added = (re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE) for text in (base, more))
    assert not set(pins) & set(added)
    assert {"apache-airflow-providers-celery", "celery", "redis", "apache-airflow-providers-cncf-kubernetes"} <= set(added)
    assert all("--hash=sha256:" in block for block in re.split(r"(?m)^(?=[a-z])", more) if block)
    assert "://" not in more


def test_the_image_is_built_as_it_should_be():
    steps = re.findall(r"^([A-Z]+) (.*(?:\\\n.*)*)", DOCKERFILE, re.MULTILINE)
    (base,) = [what for verb, what in steps if verb == "FROM"]
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base)
    low, high = re.findall(r"[\d.]+", tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"])
    version = tuple(map(int, base.split(":")[1].split("-")[0].split(".")[:2]))
    assert tuple(map(int, low.split("."))) <= version < tuple(map(int, high.split(".")))
    assert "ADD" not in {verb for verb, _ in steps}
    verbs = [verb for verb, _ in steps]
    last = dict(steps)
    assert last["USER"] == SERVICES["migrate"]["user"] == "10001:10001"
    assert verbs.index("USER") > max(place for place, verb in enumerate(verbs) if verb in {"RUN", "COPY"}), (
        "code that its user cannot change"
    )
    assert json.loads(last["ENTRYPOINT"]) == ["python", "-m", "pipeline.machine.container"]
    (install,) = [what for verb, what in steps if verb == "RUN" and "pip install" in what]
    assert {"--require-hashes", "--no-deps", "--no-cache-dir"} <= set(install.split())


def test_the_image_holds_what_it_needs_and_nothing_else():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    kept = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    copied = {name for line in re.findall(r"^COPY (.*) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()}
    assert copied == kept
    assert {f"docs/{name}.md" for name in runbook.SERVED} <= copied, "the pages show them"
    assert all((ROOT / name).exists() for name in copied)


def test_a_file_of_secrets_is_never_committed():
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()

"""What deploy/kubernetes.*.yaml promise, read without a cluster: the same image, settings, options and locks as docker-compose.yml."""

import json
import re
import tomllib

import pytest
import yaml

from pipeline.machine import airflow, container
from pipeline.settings import ROOT, Settings

TEXT = (ROOT / "deploy" / "kubernetes.values.yaml").read_text(encoding="utf-8")
JOB = (ROOT / "deploy" / "kubernetes.migrate.yaml").read_text(encoding="utf-8")
DOCS = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8").partition("\n## Kubernetes\n")[2]
LOCK = (ROOT / "requirements.lock.txt").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
VALUES = yaml.safe_load(TEXT)
MIGRATE = yaml.safe_load(JOB)["spec"]["template"]["spec"]
PARTS = {"api-server": VALUES["apiServer"], "scheduler": VALUES["scheduler"], "dag-processor": VALUES["dagProcessor"]}
DIFFERENT = {  # opinions that are others here, and why
    "CORE__EXECUTOR": "a pod for each task",
    "CORE__EXECUTION_API_SERVER_URL": "the chart names the service",
    "LOGGING__BASE_LOG_FOLDER": "the chart says where the volume is",
    "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": "the same",
}
HERE = "WIREDESK_COMMAND"  # what people type, which no other deployment's people do
CLUSTER = {f"KUBERNETES_EXECUTOR__{name}" for name in ("NAMESPACE", "POD_TEMPLATE_FILE", "WORKER_PODS_CREATION_BATCH_SIZE")}
CLUSTER |= {"KUBERNETES_EXECUTOR__DELETE_WORKER_PODS_ON_FAILURE"}


def value(path):
    found = VALUES
    for name in path.split("."):
        found = found[name]
    return found


def rendered(text):
    """Return a text as Helm fills it in: the few expressions that we use, where nothing else is set."""
    text = re.sub(
        r"(?s) *\{\{- with \.Values\.(\w+) \}\}\n.*?\{\{- end \}\}\n", lambda found: "" if found[1] not in VALUES else found[0], text
    )
    text = re.sub(
        r"\s*\{\{- toYaml \.Values\.(\S+) \| nindent (\d+) \}\}",
        lambda found: "".join(f"\n{' ' * int(found[2])}{line}" for line in yaml.safe_dump(value(found[1])).splitlines()),
        text,
    )
    text = re.sub(r"\{\{ toJson \.Values\.(\S+) \}\}", lambda found: json.dumps(value(found[1])), text)
    text = re.sub(r"\{\{ \.Values\.(\S+) \}\}", lambda found: str(value(found[1])), text)
    for name, word in (
        (".Release.Name", "airflow"),
        (".Release.Namespace", "news"),
        ('include "airflow_logs_volume_claim" . | trim', "airflow-logs"),
    ):
        text = text.replace(f"{{{{ {name} }}}}", word)
    assert "{{" not in text, "an expression that no test knows"
    return yaml.safe_load(text)


POD = rendered(VALUES["podTemplate"])["spec"]
(TASK,) = POD["containers"]
(MIGRATION,) = MIGRATE["containers"]
COMMON = [*VALUES["env"], *rendered(VALUES["extraEnv"])]
SECRETS = [
    {"name": secret["envName"], "valueFrom": {"secretKeyRef": {"name": secret["secretName"], "key": secret["secretKey"]}}}
    for secret in VALUES["secret"]
]
GIVEN = {name: [*COMMON, *SECRETS, *part.get("env", [])] for name, part in PARTS.items()} | {
    "task": TASK["env"],
    "migrate": MIGRATION["env"],
}
EACH = pytest.mark.parametrize("name", GIVEN)


def filled(name):
    return {one["name"]: one.get("value", f"secret-{one['name'].lower()}") for one in GIVEN[name]}


def settings(name):
    return {key: text for key, text in filled(name).items() if key in COMPOSE["x-environment"]["settings"].keys() - {HERE}}


@pytest.mark.parametrize("text", [TEXT, JOB, VALUES["podTemplate"].replace("{{-", "#")], ids=["values", "job", "pod"])
def test_no_key_stands_twice_in_one_mapping(text):
    class Strict(yaml.SafeLoader):
        def construct_mapping(self, node, deep=False):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), keys
            return super().construct_mapping(node, deep)

    yaml.load(re.sub(r"\{\{ .*? \}\}", "x", text), Strict)


@EACH
def test_no_variable_stands_twice(name):
    names = [one["name"] for one in GIVEN[name]]
    assert len(names) == len(set(names))


def test_the_image_is_ours():
    release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    image = VALUES["images"]["airflow"]
    assert image["tag"] == release
    assert TASK["image"] == MIGRATION["image"] == f"{image['repository']}:{release}"
    assert f"\napache-airflow=={VALUES['airflowVersion']} " in LOCK


def test_parts_and_tasks_go_through_the_images_entry_point():
    assert {name: part["args"] for name, part in PARTS.items()} == {name: [name] for name in PARTS}
    assert MIGRATION["args"] == ["migrate"]
    assert TASK["name"] == "base", "by this name the executor finds it"
    assert not any("command" in one for one in (TASK, MIGRATION, *PARTS.values()))
    assert "args" not in TASK, "they are the executor's"


@pytest.mark.parametrize(
    ("name", "probe"), [("scheduler", "livenessProbe"), ("scheduler", "startupProbe"), ("dag-processor", "livenessProbe")]
)
def test_a_probe_asks_airflow_and_not_a_script_of_another_image(name, probe):
    command = PARTS[name][probe]["command"]
    assert command[:6] == ["python", "-m", "pipeline.machine.container", "airflow", "jobs", "check"]
    assert not PARTS[name]["logGroomerSidecar"]["enabled"]


@EACH
def test_settings_are_those_of_compose(name):
    expected = {key: text for key, text in COMPOSE["x-environment"]["settings"].items() if key != HERE}
    if name == "migrate":  # reads no option of Airflow's
        expected = {key: text for key, text in expected.items() if key.startswith("WIREDESK_")}
    assert settings(name) == expected
    known = {f"WIREDESK_{field.upper()}" for field in Settings.model_fields}
    assert {key for key in filled(name) if key.startswith("WIREDESK_")} <= known


def test_what_people_type_is_typed_where_all_is_known_and_can_be():
    where, _, command = filled("task")[HERE].partition(" -- ")
    assert where == f"kubectl exec deployment/{VALUES['fullnameOverride']}-api-server"
    assert command.split() == COMPOSE["services"]["wiredesk"]["entrypoint"]
    assert filled("api-server").keys() >= {*container.CONTROL, *container.NEWS}


@EACH
def test_a_part_gets_what_it_needs_and_no_more(name):
    every = (*container.CONTROL, *container.BROKER, *container.NEWS, container.LOGIN)
    needed = set(container.NEEDS[name]) - set(container.BROKER)
    assert {key for key in filled(name) if key in every} == needed, "tasks know neither Airflow's database nor its keys"


@EACH
def test_opinions_are_those_of_compose_but_for_what_has_a_reason(name):
    told = container.environment(Settings(var=ROOT / "var"), filled(name), name)
    opinions = airflow.OPINIONS | container.OPINIONS
    others = {option for option, text in opinions.items() if told[airflow.PREFIX + option] != text}
    assert others == ({"CORE__EXECUTOR"} if name == "migrate" else DIFFERENT.keys())
    assert told["AIRFLOW__CORE__EXECUTOR"] == VALUES["executor"] == "KubernetesExecutor"
    more = {key.removeprefix(airflow.PREFIX) for key in told if key.startswith("AIRFLOW__KUBERNETES")}
    assert more <= CLUSTER
    assert name not in PARTS or more == CLUSTER


def test_no_secret_is_written_down():
    for one in (*GIVEN["api-server"], *TASK["env"], *MIGRATION["env"]):
        if re.search(r"PASSWORD|SECRET|_KEY|CONN|DATABASE_URL|CONTACT", one["name"]):
            assert set(one) == {"name", "valueFrom"}, one["name"]
            assert set(one["valueFrom"]) == {"secretKeyRef"}
    assert not re.search(r"://[^/\s]*@", TEXT + JOB)


def test_the_chart_makes_up_no_secret():
    name = VALUES["data"]["metadataSecretName"]
    assert name == VALUES["fernetKeySecretName"] == VALUES["apiSecretKeySecretName"] == VALUES["jwtSecretName"]
    built_in = VALUES["enableBuiltInSecretEnvVars"]
    assert set(container.CONTROL) <= built_in.keys(), "each would stand twice"
    assert not any(built_in.values())


@pytest.mark.parametrize(
    ("pod", "one"),
    [(POD["securityContext"], TASK["securityContext"]), (MIGRATE["securityContext"], MIGRATION["securityContext"])],
    ids=["task", "migrate"],
)
def test_all_are_locked_in_alike(pod, one):
    assert pod == VALUES["securityContexts"]["pod"]
    assert one == VALUES["securityContexts"]["containers"]
    user = COMPOSE["services"]["migrate"]["user"].split(":")
    assert [str(pod[name]) for name in ("runAsUser", "runAsGroup")] == user
    assert str(pod["fsGroup"]) == user[1], "volumes are its own"
    assert pod["runAsNonRoot"] is True
    assert one == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def test_what_must_be_written_can_be():
    writable = {mount.split(":")[0] for mount in COMPOSE["services"]["migrate"]["tmpfs"]}
    assert {mount["mountPath"] for mount in VALUES["volumeMounts"]} == writable
    logs = filled("task")["AIRFLOW__LOGGING__BASE_LOG_FOLDER"]
    assert VALUES["logs"]["persistence"]["enabled"] is True
    assert {mount["mountPath"] for mount in TASK["volumeMounts"]} == {*writable, logs}
    assert {mount["mountPath"] for mount in MIGRATION["volumeMounts"]} == {*writable, "/wiredesk/log"}
    for mounts, volumes in (
        (VALUES["volumeMounts"], VALUES["volumes"]),
        *((one["volumeMounts"], pod["volumes"]) for one, pod in ((TASK, POD), (MIGRATION, MIGRATE))),
    ):
        assert {mount["name"] for mount in mounts} == {volume["name"] for volume in volumes}


@pytest.mark.parametrize("pod", [POD, MIGRATE], ids=["task", "migrate"])
def test_our_own_pods_cannot_ask_kubernetes(pod):
    assert pod["automountServiceAccountToken"] is False
    assert pod["restartPolicy"] == "Never"
    assert pod["enableServiceLinks"] is False


def test_no_service_is_named_so_that_kubernetes_sets_our_settings():
    """A service `wiredesk` would put WIREDESK_PORT=tcp://... into every container."""
    assert VALUES["useStandardNaming"] is True
    assert not VALUES["fullnameOverride"].startswith("wiredesk")
    assert filled("task")[container.EXECUTION] == f"http://{VALUES['fullnameOverride']}-api-server:8080/execution/"


@pytest.mark.parametrize("one", [TASK, MIGRATION, *PARTS.values()], ids=["task", "migrate", *PARTS])
def test_a_container_has_limits(one):
    assert {"cpu", "memory"} == one["resources"]["limits"].keys() == one["resources"]["requests"].keys()


def test_the_docs_make_every_secret_and_name_every_file():
    referred = {
        (ref["name"].removeprefix("wiredesk-"), ref["key"])
        for one in (*GIVEN["api-server"], *TASK["env"], *MIGRATION["env"])
        if (ref := one.get("valueFrom", {}).get("secretKeyRef"))
    }
    made = set(re.findall(r"> (airflow|news)/([\w-]+)", DOCS))
    assert made == referred
    for name in ("airflow", "news"):
        assert f"kubectl create secret generic wiredesk-{name} --from-file={name}" in DOCS
    for file in ("deploy/kubernetes.values.yaml", "deploy/kubernetes.migrate.yaml"):
        assert file in DOCS
        assert (ROOT / file).exists()
    assert "Not tested" in DOCS

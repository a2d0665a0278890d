#!/usr/bin/env python3
"""Makes up users: environments and files. Asks botocore what credentials and settings each has, and writes that down for our client.

    credentials_cases.py FOLDER [--random COUNT] [--seed SEED]

Writes FOLDER/cases.json, prints "ready" and serves what the credentials come from until it is ended. Every user has a folder of its own
below FOLDER; the caller's own variables and files are never looked at.
"""

import argparse
import contextlib
import hashlib
import json
import logging
import os
import pathlib
import random
import shlex
import signal
import sys
import tempfile

import botocore.configloader
import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.tokens

from credentials_world import World, later

REGION = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_REGION": "eu-central-1"}
KEYS = {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "env secret"}
START_URL = "https://corp.awsapps.com/start"
PRINTS_KEYS = """#!/bin/sh
printf '{"Version": 1, "AccessKeyId": "process(%s)", "SecretAccessKey": "s", "SessionToken": "t"}' "$*"
"""


class User:
    """One environment with its files."""

    def __init__(self, name: str, *, config: str = "", credentials: str = "", environment: dict | None = None, profile: str | None = None,
                 files: dict | None = None, difference: str | None = None):  # fmt: skip
        self.name = name
        self.config = config
        self.credentials = credentials
        self.environment = environment or {}
        self.profile = profile
        self.files = files or {}
        # Where we mean to differ: botocore finds credentials, and ours says what is wrong.
        self.difference = difference

    def settle(self, home: pathlib.Path, world: World) -> dict:
        """Writes the files; the whole environment."""
        texts = {".aws/config": self.config, ".aws/credentials": self.credentials, **self.files}
        for path, text in texts.items():
            file = home / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("HOME", str(home)))
            file.chmod(0o700 if text.startswith("#!") else 0o600)
        environment = {
            "HOME": str(home), "PATH": os.environ["PATH"], "AWS_EC2_METADATA_SERVICE_ENDPOINT": world.url, "AWS_ENDPOINT_URL_STS": world.url,
            "AWS_ENDPOINT_URL_SSO": world.url, "AWS_ENDPOINT_URL_SSO_OIDC": world.url, **REGION,
        } | self.environment  # fmt: skip
        return {name: value.replace("HOME", str(home)).replace("WORLD", world.url) for name, value in environment.items() if value is not None}


def token(seconds: int, access: str = "token", refresh: str | None = "refresh", registration: int = 86400) -> str:
    content = {"startUrl": START_URL, "region": "eu-west-1", "accessToken": access, "expiresAt": later(seconds)}
    if refresh:
        content |= {"clientId": "c", "clientSecret": "s", "registrationExpiresAt": later(registration), "refreshToken": refresh}
    return json.dumps(content)


def token_file(name: str) -> str:
    return f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json"


SESSION = f"[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = {START_URL}\nsso_registration_scopes = sso:account:access\n"
SSO_PROFILE = "[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = reader\n" + SESSION
LEGACY_PROFILE = f"[profile dev]\nsso_account_id = 123456789012\nsso_role_name = reader\nsso_region = eu-west-1\nsso_start_url = {START_URL}\n"
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "WORLD/container"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/web"}


def named_users() -> list[User]:
    """Users that stand for a rule each."""
    dev = {"AWS_PROFILE": "dev"}
    base = "[base]\naws_access_key_id = BASE\naws_secret_access_key = base secret\n"
    role = "[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/r\n"
    users = [
        User("nobody", environment={"AWS_EC2_METADATA_DISABLED": "true"}),
        User("an instance"),
        User("keys of the environment", environment=KEYS),
        User("both tokens", environment=KEYS | {"AWS_SESSION_TOKEN": "session", "AWS_SECURITY_TOKEN": "security"}),
        User("half of the keys", environment={"AWS_ACCESS_KEY_ID": "ENV"}),
        User("the other half", environment={"AWS_SECRET_ACCESS_KEY": "s"}, difference="half a pair of keys is a mistake, whichever half"),
        User("keys that end", environment=KEYS | {"AWS_CREDENTIAL_EXPIRATION": later()}),
        User("keys that have ended", environment=KEYS | {"AWS_CREDENTIAL_EXPIRATION": later(-60)}),
        User("a profile that is nowhere", environment={"AWS_PROFILE": "nowhere"}),
        User("a profile that is nowhere, and keys", environment=KEYS | {"AWS_PROFILE": "nowhere"}),
        User("keys before the variable's profile", environment=KEYS | {"AWS_PROFILE": "base"}, credentials=base),
        User("the program's profile before keys", environment=KEYS, credentials=base, profile="base"),
        User("the older variable first", environment={"AWS_DEFAULT_PROFILE": "base", "AWS_PROFILE": "other"}, credentials=base),
        User("files elsewhere", environment={"AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "$HERE/k", "HERE": "HOME", "AWS_PROFILE": "base"},
             files={"c": "[profile base]\nregion = us-west-1\n", "k": base}),
        User("files that are not there", environment={"AWS_CONFIG_FILE": "/none", "AWS_SHARED_CREDENTIALS_FILE": "/none"}),
        User("a line that is none", config="[default]\nnonsense\n"),
        User("a section twice", config="[default]\n[default]\n"),
        User("the credentials file before the config file", config="[default]\naws_access_key_id = C\naws_secret_access_key = c\n",
             credentials="[default]\naws_access_key_id = K\naws_secret_access_key = k\naws_security_token = t\n"),
        User("keys that stand in two files", config="[default]\naws_access_key_id = C\n", credentials="[default]\naws_secret_access_key = k\n"),
        User("a container", environment=CONTAINER | {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc"}),
        User("a container with a token's file", environment=CONTAINER | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "HOME/token"}, files={"token": "of a file"}),
        User("a container elsewhere in the clear", environment={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/x"}),
        User("a web identity", environment=WEB, files={"token": "a.jwt.token"}),
        User("a web identity with a name", environment=WEB | {"AWS_ROLE_SESSION_NAME": "pod"}, files={"token": "a.jwt.token"}),
        User("a web identity without a role", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/token"}, files={"token": "a.jwt.token"}),
        User("a web identity without a file", environment=WEB),
        User("a web identity that is denied", environment=WEB | {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/denied"}, files={"token": "a.jwt.token"}),
        User("a profile's web identity", environment=dev, files={"token": "a.jwt.token"},
             config=role + "web_identity_token_file = HOME/token\nrole_session_name = me\nsource_profile = base\n", credentials=base),
        User("a role that a web identity assumes", environment=dev, files={"token": "a.jwt.token"},
             config=role + "source_profile = pod\n[profile pod]\nrole_arn = arn:aws:iam::123456789012:role/pod\nweb_identity_token_file = HOME/token\n"),
        User("a role and a web identity's variables", environment=dev | WEB, files={"token": "a.jwt.token"}, config=role + "source_profile = base\n", credentials=base),
        User("a role", environment=dev, config=role + "source_profile = base\nexternal_id = x y/z=1\nduration_seconds = 900\nrole_session_name = me\n",
             credentials=base),
        User("a role with nothing to assume it", environment=dev, config=role),
        User("a role with two sources", environment=dev, config=role + "source_profile = base\ncredential_source = Environment\n", credentials=base),
        User("a role with no such source", environment=dev, config=role + "source_profile = none\n"),
        User("a role whose source has nothing", environment=dev, config=role + "source_profile = base\n[profile base]\nregion = us-east-1\n"),
        User("a role that is denied", environment=dev, config=role.replace("role/r", "role/denied") + "source_profile = base\n", credentials=base),
        User("a role of itself", environment=dev, config=role + "source_profile = dev\n"),
        User("a role beside its keys", environment=dev, config=role + "source_profile = dev\naws_access_key_id = C\naws_secret_access_key = c\n"),
        User("roles in a circle", environment=dev,
             config=role + "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = dev\n"),
        User("three roles", environment=dev, credentials=base,
             config=role + "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = c\nexternal_id = 77\n"
             "[profile c]\nrole_arn = arn:aws:iam::123456789012:role/c\nsource_profile = base\n"),
        User("keys win within a chain", environment=dev, credentials=base + "[b]\naws_access_key_id = B\naws_secret_access_key = b\n",
             config=role + "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = base\n"),
        User("a role of the environment", profile="dev", environment=KEYS | {"AWS_SESSION_TOKEN": "t"}, config=role + "credential_source = Environment\n"),
        User("a role of an environment without keys", environment=dev, config=role + "credential_source = Environment\n"),
        User("a role of a container", environment=dev | CONTAINER, config=role + "credential_source = EcsContainer\n"),
        User("a role of an instance", environment=dev, config=role + "credential_source = Ec2InstanceMetadata\n"),
        User("a role of nothing known", environment=dev, config=role + "credential_source = environment\n"),
        User("a role of a sign-on session", environment={"AWS_PROFILE": "top"}, files={token_file("corp"): token(3600)},
             config=SSO_PROFILE + "[profile top]\nrole_arn = arn:aws:iam::123456789012:role/top\nsource_profile = dev\n"),
        User("a role of a process", environment=dev, files={"keys": PRINTS_KEYS},
             config=role + "source_profile = p\n[profile p]\ncredential_process = HOME/keys a 'b c'\n"),
        User("a sign-on session", environment=dev, config=SSO_PROFILE, files={token_file("corp"): token(3600)}),
        User("a sign-on session that is renewed", environment=dev, config=SSO_PROFILE, files={token_file("corp"): token(300)}),
        User("a sign-on session that is over and renewed", environment=dev, config=SSO_PROFILE, files={token_file("corp"): token(-300)}),
        User("a sign-on session that is not renewed yet", environment=dev, config=SSO_PROFILE, files={token_file("corp"): token(300, refresh="refused")}),
        User("a sign-on session that is over", environment=dev, config=SSO_PROFILE, files={token_file("corp"): token(-300, refresh="refused")}),
        User("a sign-on session without a refresh token", environment=dev, config=SSO_PROFILE, files={token_file("corp"): token(300, refresh=None)}),
        User("a sign-on session whose registration is over", environment=dev, config=SSO_PROFILE,
             files={token_file("corp"): token(300, registration=-10)}),
        User("nobody signed on", environment=dev, config=SSO_PROFILE),
        User("a sign-on that the service refuses", environment=dev, config=SSO_PROFILE, files={token_file("corp"): token(3600, access="refused")}),
        User("a sign-on of its own", environment=dev, config=LEGACY_PROFILE, files={token_file(START_URL): token(3600)}),
        User("a sign-on of its own, nearly over", environment=dev, config=LEGACY_PROFILE, files={token_file(START_URL): token(600)}),
        User("a sign-on of its own that is over", environment=dev, config=LEGACY_PROFILE, files={token_file(START_URL): token(-60)}),
        User("a sign-on that lacks things", environment=dev, config="[profile dev]\nsso_role_name = r\n"),
        User("a sign-on without its session", environment=dev, config=SSO_PROFILE.replace(SESSION, "")),
        User("a sign-on that contradicts itself", environment=dev, config=SSO_PROFILE.replace("sso_session = corp\n", "sso_session = corp\nsso_region = x\n")),
        User("a sign-on that says things twice", environment=dev, files={token_file("corp"): token(3600)},
             config=SSO_PROFILE.replace("sso_session = corp\n", "sso_session = corp\nsso_region = eu-west-1\n")),
        User("a process", environment=dev, config="[profile dev]\ncredential_process = \"HOME/my keys\" 'a b' $HOME\\ c\n", files={"my keys": PRINTS_KEYS}),
        User("a process that fails", environment=dev, config="[profile dev]\ncredential_process = false\n"),
        User("a process that is not there", environment=dev, config="[profile dev]\ncredential_process = /none/keys\n"),
        User("a process that prints something else", environment=dev, config="[profile dev]\ncredential_process = echo hello\n"),
        User("a process of tomorrow", environment=dev, config="[profile dev]\ncredential_process = echo '{\"Version\":2}'\n"),
        User("a process in quotes that stay open", environment=dev, config="[profile dev]\ncredential_process = 'x\n"),
        User("settings of a profile", environment=dev | {name: None for name in REGION}, credentials=base,
             config="[profile dev]\nregion = us-gov-west-1\nmax_attempts = 7\nca_bundle = /x.pem\nuse_fips_endpoint = true\nuse_dualstack_endpoint = True\n"
             "sts_regional_endpoints = legacy\naws_access_key_id = C\naws_secret_access_key = c\n"),
        User("settings of variables", credentials=base, config="[profile base]\nmax_attempts = 7\nca_bundle = /x.pem\nuse_fips_endpoint = true\n",
             environment={"AWS_PROFILE": "base", "AWS_MAX_ATTEMPTS": "2", "AWS_CA_BUNDLE": "/y.pem", "AWS_USE_FIPS_ENDPOINT": "false"}),
        User("a number that is none", credentials=base, config="[profile base]\nmax_attempts = many\n", environment={"AWS_PROFILE": "base"}),
    ]
    services = "[services here]\ns3 =\n  endpoint_url = http://127.0.0.1:1\nbedrock_runtime =\n  endpoint_url = http://127.0.0.1:2\n"
    for number, more in enumerate([
        {}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:3"}, {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4"}, {"AWS_ENDPOINT_URL_S3": ""},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:3", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:5"},
    ]):  # fmt: skip
        for section, ending in [(services, "services = here\n"), ("", "services = none\n"), ("", "")]:
            config = f"[default]\nendpoint_url = http://127.0.0.1:9\n{ending}{section}"
            users.append(User(f"endpoints {number} {ending.strip()}", config=config, environment=KEYS | more))
    return users


def random_users(count: int, seed: int) -> list[User]:
    """Users with any mixture of what there is."""
    dice = random.Random(seed)
    names = ["default", "a", "b", "c"]

    def keys(name):
        lines = [f"aws_access_key_id = {name}", f"aws_secret_access_key = {name} secret"]
        if dice.random() < 0.1:
            lines.pop(dice.randrange(2))
        return lines + dice.choice([[], [], [f"aws_session_token = {name} token"], ["aws_security_token = s", "aws_session_token = t"]])

    def profile(name, is_config):
        lines = []
        if dice.random() < (0.25 if is_config else 0.6):
            lines += keys(f"{name}.{'config' if is_config else 'file'}")
        if dice.random() < 0.4:
            lines.append(f"role_arn = arn:aws:iam::123456789012:role/{dice.choice([name, name, name, 'denied'])}")
            if dice.random() < 0.85:
                lines.append(f"source_profile = {dice.choice(names)}")
            if dice.random() < 0.2:
                lines.append(f"credential_source = {dice.choice(['Environment', 'EcsContainer', 'Ec2InstanceMetadata', 'Elsewhere'])}")
            lines += [line for line in ("external_id = 77", "role_session_name = me", "duration_seconds = 900") if dice.random() < 0.2]
        if dice.random() < 0.12:
            lines.append("web_identity_token_file = HOME/token")
        if is_config and dice.random() < 0.15:
            lines += ["sso_account_id = 1", f"sso_role_name = {name}"]
            lines += dice.choice([["sso_session = corp"], ["sso_session = corp"], ["sso_session = none"],
                                  ["sso_region = eu-west-1", f"sso_start_url = {START_URL}"], ["sso_region = eu-west-1"]])
        if dice.random() < 0.15:
            lines.append(f"credential_process = {dice.choice(['HOME/keys ' + name, 'HOME/keys', 'false'])}")
        lines += [line for line in ("region = us-west-2", "endpoint_url = http://127.0.0.1:9", "max_attempts = 2") if dice.random() < 0.1]
        dice.shuffle(lines)
        return lines

    def file(is_config):
        text = ""
        for name in names:
            if dice.random() < 0.6:
                header = name if name == "default" or not is_config else f"profile {name}"
                text += f"[{header}]\n" + "".join(f"{line}\n" for line in profile(name, is_config)) + dice.choice(["", "\n", "# more\n"])
        return text + (SESSION if is_config and dice.random() < 0.8 else "")

    users = []
    for number in range(count):
        environment = {}
        for part, share in [
            (KEYS, 0.15), ({"AWS_ACCESS_KEY_ID": "ENV"}, 0.03), ({"AWS_SESSION_TOKEN": "env token"}, 0.1), (WEB, 0.1), (CONTAINER, 0.2),
            ({"AWS_EC2_METADATA_DISABLED": "true"}, 0.2), ({"AWS_PROFILE": dice.choice(names)}, 0.6), ({"AWS_DEFAULT_PROFILE": dice.choice(names)}, 0.05),
            ({"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/variable"}, 0.05), ({"AWS_ROLE_SESSION_NAME": "variable"}, 0.1),
        ]:  # fmt: skip
            if dice.random() < share:
                environment |= part
        files = {"token": "a.jwt.token", "keys": PRINTS_KEYS}
        if dice.random() < 0.8:
            files[token_file("corp")] = token(dice.choice([3600, 300, -300]), refresh=dice.choice([None, "refresh", "refused"]))
        if dice.random() < 0.8:
            files[token_file(START_URL)] = token(dice.choice([3600, -300]))
        users.append(User(
            f"random {number}", config=file(True), credentials=file(False), environment=environment, files=files,
            profile=dice.choice(names) if dice.random() < 0.15 else None))  # fmt: skip
    return users


@contextlib.contextmanager
def being(environment: dict):
    """This process with another environment."""
    kept = dict(os.environ)
    cache = os.path.join(environment["HOME"], ".aws", "sso", "cache")
    places = [botocore.credentials.SSOProvider, botocore.tokens.SSOTokenProvider]
    before = [place._SSO_TOKEN_CACHE_DIR for place in places]
    os.environ.clear()
    os.environ.update(environment)
    for place in places:
        place._SSO_TOKEN_CACHE_DIR = cache
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
        for place, folder in zip(places, before):
            place._SSO_TOKEN_CACHE_DIR = folder


# The models of the services, read once for all sessions.
LOADER = botocore.loaders.create_loader()


def answer_of_botocore(user: User, environment: dict) -> dict:
    """What botocore finds: {"credentials": {...}} or {"error": text}, and the settings where it has some."""
    with being(environment):
        session = botocore.session.Session(profile=user.profile)
        session.register_component("data_loader", LOADER)
        answer = {}
        try:
            credentials = session.get_credentials()
            frozen = credentials.get_frozen_credentials() if credentials else None
            if frozen is None:
                answer["error"] = "none"
            else:
                answer["credentials"] = {
                    "method": credentials.method, "accessKeyID": frozen.access_key, "secretAccessKey": frozen.secret_key, "sessionToken": frozen.token,
                }  # fmt: skip
        except Exception as error:  # Whatever it is, it is botocore's word for "no".
            answer["error"] = f"{type(error).__name__}: {error}"
        with contextlib.suppress(Exception):
            answer["settings"] = settings(session)
    return answer


def settings(session) -> dict:
    def endpoint(service):
        client = session.create_client(service, aws_access_key_id="a", aws_secret_access_key="b")
        url = client.meta.endpoint_url
        return url if url.startswith("http://127.0.0.1:") else None

    attempts = session.get_config_variable("max_attempts")
    return {
        "region": session.get_config_variable("region"),
        "maximumAttempts": attempts,
        "certificateAuthorityFile": session.get_config_variable("ca_bundle"),
        "usesFIPS": bool(session.get_config_variable("use_fips_endpoint")),
        "usesDualStack": bool(session.get_config_variable("use_dualstack_endpoint")),
        "usesGlobalSTSEndpoint": session.get_config_variable("sts_regional_endpoints") == "legacy",
        "endpoints": {name: endpoint(service) for name, service in [("S3", "s3"), ("Bedrock Runtime", "bedrock-runtime"), ("SQS", "sqs")]},
    }


def texts(count: int, seed: int) -> tuple[list, list]:
    """Files and command lines of any kind, and what Python reads in them; None for an error."""
    dice = random.Random(seed)
    pieces = ["[", "]", "=", ":", "#", ";", " ", "  ", "\t", "\n", "\n", "\n ", "\n  ", "\r\n", "a", "b", "Region", "[profile a]", "[default]", "[DEFAULT]",
              "x = y", "s3 =", "s3 =\n  k = v", "é", "\"", "'", "\\", "-", "[b]\n"]  # fmt: skip
    files = []
    with tempfile.NamedTemporaryFile("w", newline="", suffix=".ini") as file:
        for _ in range(count):
            text = "".join(dice.choice(pieces) for _ in range(dice.randrange(1, 25)))
            if dice.random() < 0.7:
                text = "[s]\n" + text
            file.seek(0)
            file.truncate()
            file.write(text)
            file.flush()
            try:
                expected = botocore.configloader.raw_config_parse(file.name)
            except Exception:
                expected = None
            files.append({"text": text, "sections": expected})
    lines = []
    for _ in range(count):
        text = "".join(dice.choice(["a", "b", " ", "\t", "'", "\"", "\\", "$X", "é", "#", "\n", "=", ";"]) for _ in range(dice.randrange(12)))
        try:
            words = shlex.split(text)
        except ValueError:
            words = None
        lines.append({"text": text, "words": words})
    return files, lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--random", type=int, default=300, help="how many users to make up by chance")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    # It tells of each refresh that fails, and the caller is told of all.
    logging.getLogger("botocore").setLevel(logging.CRITICAL)
    world = World()
    cases = []
    users = named_users() + random_users(arguments.random, arguments.seed)
    for number, user in enumerate(users):
        answers = []
        # Two folders: a renewed token is written down, and whoever comes second would find it.
        for reader in ("botocore", "ours"):
            home = (arguments.folder / f"{number}-{reader}").resolve()
            answers.append((home, user.settle(home, world)))
        expected = answer_of_botocore(user, answers[0][1])
        if "is configured to use the SSO token provider but" in expected.get("error", ""):
            continue  # It makes a client of STS for a web identity, and that client wants a sign-on session that it does not use.
        text = json.dumps(expected).replace(str(answers[0][0]), str(answers[1][0]))
        cases.append({
            "name": user.name, "profile": user.profile, "environment": answers[1][1], "difference": user.difference, "expected": json.loads(text),
        })  # fmt: skip
    files, lines = texts(3000, arguments.seed)
    content = {"users": cases, "files": files, "commandLines": lines}
    (arguments.folder / "cases.json").write_text(json.dumps(content))
    found = sum("credentials" in case["expected"] for case in cases)
    print(f"ready: {len(cases)} users, {found} of them with credentials", flush=True)
    signal.pause()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)

"""What credentials come from, all on one port of 127.0.0.1: STS, sign-on sessions, an instance's metadata, a container's endpoint.

Each answers with an access key that says what was asked and by whom, so that two clients which got the same key have asked the same:
"sts(arn:...:role/r external=7 by=sso(...))" has gone through a sign-on session and then a role.
"""

import http.server
import json
import re
import threading
import time
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.sax.saxutils import escape

SESSION_NAME = re.compile(r"^(botocore|arbiter)-session-\d+$")


def later(seconds: int = 3600) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def caller(authorization: str | None) -> str:
    # Keys hold blanks and slashes here: the scope's end is what has none.
    match = re.match(r"AWS4-HMAC-SHA256 Credential=(.*)/\d{8}/([^/]+)/sts/aws4_request, ?SignedHeaders=", authorization or "")
    return f"{match[1]}@{match[2]}" if match else "nobody"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path == "/latest/api/token":
            return self._send(200, "text/plain", "token-of-metadata")
        if path == "/latest/meta-data/iam/security-credentials/":
            return self._send(200, "text/plain", "role")
        if path == "/latest/meta-data/iam/security-credentials/role":
            return self._keys(f"imds({self.headers.get('x-aws-ec2-metadata-token')})")
        if path == "/container":
            return self._keys(f"container({self.headers.get('Authorization')})")
        if path == "/federation/credentials":
            return self._role_credentials()
        if path == "/token":
            return self._token(json.loads(body))
        return self._sts(dict(parse_qsl(body.decode(), keep_blank_values=True)))

    do_GET = do_POST = do_PUT = _answer

    def _keys(self, key: str):
        keys = {"Code": "Success", "AccessKeyId": key, "SecretAccessKey": f"secret of {key}", "Token": f"token of {key}", "Expiration": later()}
        self._send(200, "application/json", json.dumps(keys))

    def _role_credentials(self):
        token = self.headers.get("x-amz-sso_bearer_token") or ""
        if token.startswith("refused"):
            return self._send(401, "application/json", '{"message":"refused"}', {"x-amzn-ErrorType": "UnauthorizedException"})
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        key = f"sso({query.get('account_id')} {query.get('role_name')} {token})"
        keys = {
            "accessKeyId": key, "secretAccessKey": f"secret of {key}", "sessionToken": f"token of {key}",
            "expiration": int((time.time() + 3600) * 1000),
        }  # fmt: skip
        self._send(200, "application/json", json.dumps({"roleCredentials": keys}))

    def _token(self, asked: dict):
        if asked["refreshToken"].startswith("refused"):
            return self._send(400, "application/json", '{"error":"invalid_grant"}', {"x-amzn-ErrorType": "InvalidGrantException"})
        new = f"renewed({asked['grantType']} {asked['clientId']} {asked['clientSecret']} {asked['refreshToken']})"
        self._send(200, "application/json", json.dumps({"accessToken": new, "expiresIn": 28800, "tokenType": "Bearer"}))

    def _sts(self, form: dict):
        action = form.get("Action", "")
        if "denied" in form.get("RoleArn", ""):
            error = "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>denied</Message></Error>"
            return self._send(403, "text/xml", f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>")
        if SESSION_NAME.match(form.get("RoleSessionName", "")):
            form["RoleSessionName"] = "default"
        rest = " ".join(f"{name}={form[name]}" for name in sorted(form) if name not in ("Action", "Version"))
        key = f"sts({action} {rest} by={caller(self.headers.get('Authorization'))})"
        fields = {"AccessKeyId": key, "SecretAccessKey": f"secret of {key}", "SessionToken": f"token of {key}", "Expiration": later()}
        xml = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        user = "<AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>"
        result = f"<{action}Result><Credentials>{xml}</Credentials>{user}</{action}Result>"
        self._send(200, "text/xml", f"<{action}Response>{result}</{action}Response>")

    def _send(self, status: int, content_type: str, body: str, headers: dict | None = None):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class World(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

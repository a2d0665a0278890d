"""Writes a service's read-only operations as the text that Sources/AWSOperations/Catalog/ServiceModel+Parsing.swift reads.

    service ID|host prefix|signing name|protocol|JSON version|target prefix|API version
    + Name METHOD URI input output [code] [root=NAME[,NAMESPACE]] [wrapper=NAME]     an operation; shapes by number, `-` for none
    - Name Reason                                                                     a reading operation that may not be called
    code Name Reason                                                                  one that only the program's own code calls
    regions PARTITION REGION ...                                                      the only regions with an endpoint, where they are few
    host PARTITION REGION HOST HOST HOST HOST                                         one host for a partition: plain, dual-stack, FIPS, both
    gov-fips                                                                          in GovCloud the plain host is the FIPS host
    query-mode                                                                        asks for the error codes of its older query protocol
    s|u member ...       a structure, or a union; a member is NAME,TYPE[,FLAGS[,WIRE]]
    l TYPE[,FLAGS[,WIRE]]
    m TYPE[,FLAGS[,KEY[,VALUE]]]

Types: s text, i integer, d floating-point number, b boolean, o bytes in base64, j any JSON, timestamps e (seconds), t (ISO 8601), r (RFC 822), and
the number of a shape's line. Flags: r required; u label of the URI, g label with slashes, q query, h header field, p header fields of a prefix,
c status, y the whole body; f flattened; a attribute; x secret. A wire name `^` is the name with its first letter in lower case.
"""

from operations import rule

TIMESTAMPS = {"unixTimestamp": "e", "iso8601": "t", "rfc822": "r"}
LOCATIONS = {"querystring": "q", "header": "h", "headers": "p", "statusCode": "c"}
# What a request of each protocol writes by default into its body, header fields and query.
BODY_TIMESTAMPS = {"json": "e", "rest-json": "e", "rest-xml": "t", "query": "t"}
SCALARS = {"string": "s", "character": "s", "integer": "i", "long": "i", "float": "d", "double": "d", "boolean": "b", "blob": "o"}
# Of the protocols that a model has, the first of these is spoken; the models' own first choice may be CBOR.
SPOKEN = ["json", "rest-json", "rest-xml", "query"]


def spoken_protocol(model) -> str:
    offered = model.metadata.get("protocols") or [model.metadata["protocol"]]
    return next(protocol for protocol in SPOKEN if protocol in offered)


class Table:
    """The shapes of a service that its operations need, numbered in the order of their first use."""

    def __init__(self, service: str, protocol: str):
        self.service = service
        self.protocol = protocol
        self.lines: list[str] = []
        self._numbers: dict[tuple, str] = {}
        self._special: dict[str, bool] = {}

    def input(self, operation) -> str:
        shape = operation.input_shape
        if shape is None or not shape.members:
            return "-"
        labels = {name for name in _greedy(operation.http.get("requestUri", ""))}
        return self._shape(shape, False, labels)

    def output(self, operation) -> str:
        shape = operation.output_shape
        if shape is None or not shape.members:
            return "-"
        # JSON says itself what its values are: only what is named otherwise, lies elsewhere or is secret has to be known.
        if self.protocol in ("json", "rest-json") and not self._is_special(shape, frozenset()):
            return "-"
        return self._shape(shape, True, set())

    def _type(self, shape, is_output: bool, location: str | None) -> str:
        kind = shape.type_name
        if getattr(shape, "is_document_type", False):
            return "j"
        if kind == "timestamp":
            wanted = shape.serialization.get("timestampFormat")
            default = {"header": "r", "querystring": "t", "uri": "t"}.get(location, BODY_TIMESTAMPS[self.protocol])
            return TIMESTAMPS[wanted] if wanted else default
        return SCALARS.get(kind) or self._shape(shape, is_output, set())

    def _shape(self, shape, is_output: bool, greedy: set[str]) -> str:
        is_pruned = is_output and self.protocol in ("json", "rest-json")
        key = (shape.name, is_output, _fingerprint(shape))
        if key in self._numbers:
            return self._numbers[key]
        number = self._numbers[key] = str(len(self.lines))
        self.lines.append("")
        self.lines[int(number)] = self._line(shape, is_output, is_pruned, greedy)
        return number

    def _line(self, shape, is_output: bool, is_pruned: bool, greedy: set[str]) -> str:
        if shape.type_name == "structure":
            payload = shape.serialization.get("payload")
            members = [
                self._member(shape, name, member, is_output, name == payload, greedy)
                for name, member in shape.members.items()
                if not is_pruned or name == payload or self._is_special_member(name, member, frozenset())
            ]
            return " ".join(["u" if getattr(shape, "is_tagged_union", False) and not is_output else "s", *members])
        secret = "x" if is_output and self._is_secret("", shape.member if shape.type_name == "list" else shape.value) else ""
        flags = ("f" if shape.serialization.get("flattened") else "") + secret
        if shape.type_name == "list":
            wire = shape.member.serialization.get("name", "member")
            return "l " + _fields(self._type(shape.member, is_output, None), flags, "" if wire == "member" else wire)
        names = [shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")]
        return "m " + _fields(
            self._type(shape.value, is_output, None), flags, *("" if name == usual else name for name, usual in zip(names, ["key", "value"]))
        )

    def _member(self, shape, name, member, is_output, is_payload, greedy) -> str:
        location = member.serialization.get("location")
        flags = "r" if not is_output and name in shape.required_members else ""
        if location == "uri":
            flags += "g" if member.serialization.get("name", name) in greedy else "u"
        elif location:
            flags += LOCATIONS[location]
        if is_payload:
            flags += "y"
        if member.serialization.get("flattened"):
            flags += "f"
        if member.serialization.get("xmlAttribute"):
            flags += "a"
        is_secret = is_output and self._is_secret(name, member)
        if is_secret:
            flags += "x"
        wire = member.serialization.get("name", name)
        # A flattened list's elements have the name that the list's own element says, and no further one.
        if self.protocol in ("rest-xml", "query") and member.type_name == "list" and _is_flat(member):
            wire = member.member.serialization.get("name", wire)
        wire = "" if wire == name else "^" if wire == name[:1].lower() + name[1:] else wire
        kind = "s" if is_secret and member.type_name in ("structure", "list") else self._type(member, is_output, location)
        return _fields(name, kind, flags, wire)

    def _is_secret(self, name: str, member) -> bool:
        if name in rule.NOT_SECRET:
            return False
        return bool(member.metadata.get("sensitive")) or (self.service, name) in rule.SECRET_MEMBERS

    def _is_special_member(self, name, member, seen) -> bool:
        if self._is_secret(name, member):
            return True
        serialization = member.serialization
        if serialization.get("location") or serialization.get("name", name) != name:
            return True
        return self._is_special(member, seen)

    def _is_special(self, shape, seen) -> bool:
        if shape.name in self._special:
            return self._special[shape.name]
        if shape.name in seen or getattr(shape, "is_document_type", False):
            return False
        below = seen | {shape.name}
        if shape.type_name == "structure":
            found = bool(shape.serialization.get("payload")) or any(
                self._is_special_member(name, member, below) for name, member in shape.members.items()
            )
        elif shape.type_name in ("list", "map"):
            inner = shape.member if shape.type_name == "list" else shape.value
            found = self._is_secret("", inner) or self._is_special(inner, below)
        else:
            found = False
        # What was cut short by a circle is not known for good.
        if found or not seen:
            self._special[shape.name] = found
        return found


def _fingerprint(shape) -> tuple:
    """What of a shape's serialization depends on where it is used."""
    return (bool(shape.serialization.get("flattened")), shape.type_name)


def _is_flat(shape) -> bool:
    return bool(shape.serialization.get("flattened"))


def _greedy(uri: str) -> list[str]:
    return [part.split("}")[0][:-1] for part in uri.split("{")[1:] if part.split("}")[0].endswith("+")]


def _fields(*values: str) -> str:
    fields = list(values)
    while fields and not fields[-1]:
        fields.pop()
    return ",".join(fields)


def operation_line(table: Table, operation) -> str:
    http = operation.http
    uri = http.get("requestUri", "/")
    if table.protocol in ("json", "query"):
        words = ["."]
    else:
        words = [http["method"], uri]
    words = ["+", operation.name, *words, table.input(operation), table.output(operation)]
    shape = operation.input_shape
    root = shape.serialization.get("name") if shape is not None else None
    if table.protocol == "rest-xml" and root and not shape.serialization.get("payload"):
        namespace = shape.serialization.get("xmlNamespace", {}).get("uri", "")
        words.append(f"root={root}" + (f",{namespace}" if namespace else ""))
    if table.protocol == "query" and operation.output_shape is not None:
        words.append(f"wrapper={operation.output_shape.serialization.get('resultWrapper', operation.name + 'Result')}")
    return " ".join(words)


def text(service: str, model, endpoint_lines: list[str]) -> str:
    """The whole table of a service."""
    metadata = model.metadata
    protocol = spoken_protocol(model)
    table = Table(service, protocol)
    operations, refusals, code_only = [], [], []
    for name in model.operation_names:
        operation = model.operation_model(name)
        reason = rule.why_refused(service, operation)
        if reason is None:
            operations.append(operation_line(table, operation))
            if (service, name) in rule.CODE_ONLY:
                code_only.append(f"code {name} {rule.CODE_ONLY[service, name]}")
        elif rule.is_reading(operation):
            refusals.append(f"- {name} {reason}")
    head = "|".join(
        [
            "service " + metadata["serviceId"], model.endpoint_prefix, model.signing_name, protocol,
            metadata.get("jsonVersion", "1.0") if protocol == "json" else "",
            metadata.get("targetPrefix", "") if protocol == "json" else "", metadata["apiVersion"] if protocol == "query" else "",
        ]
    )  # fmt: skip
    if protocol == "json" and "awsQueryCompatible" in metadata:
        endpoint_lines = ["query-mode", *endpoint_lines]
    return "\n".join([head, *endpoint_lines, *operations, *code_only, *refusals, *table.lines]) + "\n"

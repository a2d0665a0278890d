"""What the oracle throws when a request is not one that AWS would take."""


class Refusal(Exception):
    """A request that is wrong: the HTTP status, the service's error code, and a sentence that names the field and the value."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message

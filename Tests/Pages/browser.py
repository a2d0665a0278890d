"""Debian's Chromium, driven by the DevTools protocol through a pipe: no driver, no port, no package.

https://chromedevtools.github.io/devtools-protocol/ describes the methods and events.
"""

import json
import os
import shutil
import subprocess

PROGRAM = shutil.which("chromium") or "/usr/bin/chromium"


class PageError(Exception):
    """What the browser answered in place of a result."""


class Browser:
    """One browser without a window. Messages are JSON texts that end with a zero byte, to it on its descriptor 3, from it on 4."""

    def __init__(self, profile):
        command_read, self._command = os.pipe()
        self._answers, answer_write = os.pipe()

        def place():
            # In the child, which has copies of both: they must end up as 3 and 4 whatever their numbers are here.
            copies = os.dup(command_read), os.dup(answer_write)
            high = [os.dup2(copy, 60 + index) for index, copy in enumerate(copies)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        arguments = [
            PROGRAM, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-extensions",
            "--hide-scrollbars", "--force-color-profile=srgb",
        ]
        if os.geteuid() == 0:
            # Chromium refuses to lock its own processes as root; a container of tests has nobody else.
            arguments.append("--no-sandbox")
        self._process = subprocess.Popen(
            [*arguments, "about:blank"], preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(command_read)
        os.close(answer_write)
        self._buffer = b""
        self._identifier = 0
        self._listeners = {}

    def close(self):
        try:
            self.call("Browser.close")
        except (PageError, OSError):
            pass
        os.close(self._command)
        os.close(self._answers)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def call(self, method, parameters=None, session=None):
        """Calls a method, waits for its answer, and hands over what happened before it."""
        self._identifier += 1
        identifier = self._identifier
        message = {"id": identifier, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._command, data):]
        while True:
            answer = self._next()
            if answer.get("id") == identifier:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']}")
                return answer["result"]

    def wait(self, session, event):
        """Waits for an event of a page, which must come: nothing here is given a time to come within."""
        while True:
            message = self._next()
            if message.get("method") == event and message.get("sessionId") == session:
                return message["params"]

    def _next(self):
        while b"\0" not in self._buffer:
            data = os.read(self._answers, 1 << 16)
            if not data:
                raise PageError("the browser has ended")
            self._buffer += data
        text, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(text)
        if "sessionId" in message and "method" in message:
            self._listeners.get(message["sessionId"], lambda _: None)(message)
        return message

    def open(self, path, **options):
        return Page(self, path, **options)

    def listen(self, session, listener):
        self._listeners[session] = listener


class Page:
    """One page that has been loaded from a file, with what it asked of the network and wrote to its console."""

    def __init__(self, browser, path, width=1280, height=900, scheme="light", script=True, media="screen"):
        self._browser = browser
        # A context of its own for each page: nothing that one page leaves behind reaches another.
        self._context = browser.call("Target.createBrowserContext")["browserContextId"]
        self._target = browser.call(
            "Target.createTarget", {"url": "about:blank", "browserContextId": self._context})["targetId"]
        self._session = browser.call("Target.attachToTarget", {"targetId": self._target, "flatten": True})["sessionId"]
        self.requests = []
        self.console = []
        browser.listen(self._session, self._hear)
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.call("Emulation.setEmulatedMedia", {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", {"value": True})
        self.url = path.resolve().as_uri()
        self.call("Page.navigate", {"url": self.url})
        browser.wait(self._session, "Page.loadEventFired")

    def close(self):
        self._browser.listen(self._session, lambda _: None)
        self._browser.call("Target.closeTarget", {"targetId": self._target})
        self._browser.call("Target.disposeBrowserContext", {"browserContextId": self._context})

    def call(self, method, parameters=None):
        return self._browser.call(method, parameters, self._session)

    def _hear(self, message):
        parameters = message["params"]
        match message["method"]:
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Runtime.consoleAPICalled":
                self.console.append(f"{parameters['type']}: {parameters['args']}")
            case "Runtime.exceptionThrown":
                self.console.append(f"exception: {parameters['exceptionDetails']}")
            case "Log.entryAdded":
                self.console.append(f"{parameters['entry']['level']}: {parameters['entry']['text']}")

    def value(self, expression):
        """What an expression of JavaScript comes to, in the page."""
        answer = self.call("Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            raise PageError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector):
        """A click of a mouse in the middle of an element."""
        self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = self.value(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", {"type": kind, "x": box[0], "y": box[1], "button": "left", "clickCount": 1})

    def press(self, key):
        """A key of a keyboard, down and up."""
        codes = {"Tab": (9, None), "Enter": (13, "\r"), "Space": (32, " "), "Backspace": (8, None), "ArrowDown": (40, None)}
        code, text = codes[key]
        name = " " if key == "Space" else key
        event = {"key": name, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", {"type": "keyDown", **event, **({"text": text} if text else {})})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def type(self, text):
        self.call("Input.insertText", {"text": text})

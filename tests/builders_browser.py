"""Debian's Chromium without a window, told what to do in its own protocol (CDP) over a web socket."""

import base64
import itertools
import json
import re
import shutil
import subprocess
import time
from contextlib import ExitStack

from websockets.sync.client import connect

PROGRAM = shutil.which("chromium")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "--hide-scrollbars",
)  # fmt: skip
PATIENCE = 60  # seconds for anything that is waited for: a loaded machine is slow, and nothing here measures


class Browser:
    """One tab. What pages write to the console as an error, and dialogs that they open, are remembered."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [PROGRAM, *FLAGS, f"--user-data-dir={folder}", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.ends = ExitStack()
        self.ends.callback(self._end)
        line = next(line for line in self.process.stderr if "DevTools listening" in line)
        self.socket = self.ends.enter_context(connect(re.search(r"ws://\S+", line)[0], max_size=None, proxy=None))
        self.numbers, self.session = itertools.count(1), None
        self.errors, self.dialogs = [], []
        target = next(one for one in self.ask("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        self.socket.send(json.dumps(message | ({"sessionId": self.session} if self.session else {})))
        while True:
            answer = json.loads(self.socket.recv(timeout=PATIENCE))
            self._note(answer)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def _note(self, answer):
        told = answer.get("params", {})
        if answer.get("method") == "Page.javascriptDialogOpening":
            self.dialogs.append(told["message"])
            self.socket.send(
                json.dumps({"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}, "sessionId": self.session})
            )
        elif answer.get("method") == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(f"{told['entry'].get('url', '')} {told['entry']['text']}")

    def says(self, script):
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script):
        """Wait until the script says something true, and return that."""
        end = time.monotonic() + PATIENCE
        while not (found := self.says(f"(() => {{ try {{ return {script} }} catch (error) {{ return null }} }})()")):
            assert time.monotonic() < end, (script, self.says("document.body.innerText")[:2000])
            time.sleep(0.2)
        return found

    def go(self, address, until="document.readyState === 'complete'"):
        self.says("window.stale = true")
        self.ask("Page.navigate", url=address)
        self.until("!window.stale")
        return self.until(until)

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text="\r" if key == "Enter" else ""
            )

    def click(self, boxes):
        """Press the mouse in the middle of the last of the boxes that the script lists, each within the one before."""
        script = f"{boxes}.reduce(([x, y], box, at, every) => at + 1 < every.length ? [x + box.x, y + box.y] : [x + box.x + box.width / 2, y + box.y + box.height / 2], [0, 0])"
        x, y = self.says(script)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def looks(self, *, dark=False, width=1280, height=860):
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def picture(self, file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def _end(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ends.close()

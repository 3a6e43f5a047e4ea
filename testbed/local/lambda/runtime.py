"""The process in which a Python handler runs: what runtime.ts is for JavaScript, over the same channel.

Started by execution-environment.ts with the module's file and the handler's name. Node hands the channel over as a socket whose
number is in NODE_CHANNEL_FD; each message on it is one line of JSON.
"""
import json
import logging
import os
import socket
import sys
import time
import types
import warnings

BEGAN = time.monotonic()
FILE, NAME = sys.argv[1:3]
CHANNEL = socket.socket(fileno=int(os.environ.pop("NODE_CHANNEL_FD")))
CHANNEL.setblocking(True)


def tell(message):
    CHANNEL.sendall(json.dumps(message).encode() + b"\n")


def milliseconds_since(moment):
    return (time.monotonic() - moment) * 1000


def described(error):
    """As Lambda's log begins, and where it happened in the module."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            places.append(trace.tb_lineno)
        trace = trace.tb_next
    where = f" ({os.path.basename(FILE)}, line {places[-1]})" if places else ""
    return f"{type(error).__name__}: {error}{where}"


def point_boto3_here():
    """boto3 before 1.28 does not know AWS_ENDPOINT_URL, and would ask the real AWS."""
    try:
        from botocore.session import Session
    except ImportError:
        return
    create_client = Session.create_client

    def create_client_here(self, service_name, *args, **words):
        own = os.environ.get("AWS_ENDPOINT_URL_" + service_name.upper().replace("-", "_"))
        if len(args) < 5 and words.get("endpoint_url") is None:
            words["endpoint_url"] = own or os.environ["AWS_ENDPOINT_URL"]
        return create_client(self, service_name, *args, **words)

    Session.create_client = create_client_here


def log_as_lambda_does():
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
    logging.getLogger().addHandler(handler)


def compiled():
    with open(FILE, encoding="utf8") as file:
        text = file.read()
    try:
        return compile(text, FILE, "exec")
    except SyntaxError as error:
        translated = from_python_2(text)
        if translated is None:
            raise error
        print(f"[WARNING] {os.path.basename(FILE)} is Python 2, which Lambda runs no longer: translated by lib2to3")
        return compile(translated, FILE, "exec")


def from_python_2(text):
    """What it is in Python 3, or None where it is no Python 2 either, or nobody here can tell: lib2to3 left with Python 3.13."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from lib2to3.refactor import RefactoringTool, get_fixers_from_package
        tool = RefactoringTool(get_fixers_from_package("lib2to3.fixes"))
        return str(tool.refactor_string(text + "\n", FILE))
    except Exception:
        return None


def load():
    os.chdir(os.path.dirname(FILE))
    sys.path.insert(0, os.path.dirname(FILE))
    name = os.path.splitext(os.path.basename(FILE))[0]
    module = types.ModuleType(name)
    module.__file__ = FILE
    sys.modules[name] = module
    exec(compiled(), module.__dict__)
    handler = getattr(module, NAME, None)
    if not callable(handler):
        raise AttributeError(f"{os.path.basename(FILE)} has no function {NAME}")
    return handler


class Context:
    def __init__(self, request_id, deadline):
        self.aws_request_id = request_id
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = "$LATEST"
        self.invoked_function_arn = os.environ["LOCAL_FUNCTION_ARN"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = f"local/{os.getpid()}"
        self.identity = None
        self.client_context = None
        self._deadline = deadline

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline - time.time() * 1000))


def invoke(handler, message):
    request_id = message["requestId"]
    start = time.monotonic()
    try:
        answer = handler(json.loads(message["event"]), Context(request_id, message["deadline"]))
        ending = {"is": "answered", "answer": json.dumps(answer)}
    except BaseException as error:
        ending = {"is": "failed", "error": described(error)}
    tell({**ending, "requestId": request_id, "durationMs": milliseconds_since(start)})
    print(f"\n\0end {request_id}", flush=True)


log_as_lambda_does()
point_boto3_here()
try:
    HANDLER = load()
except BaseException as error:
    tell({"is": "broken", "error": described(error)})
    sys.exit()
tell({"is": "ready", "initMs": milliseconds_since(BEGAN)})
for line in CHANNEL.makefile("r", encoding="utf8"):
    invoke(HANDLER, json.loads(line))

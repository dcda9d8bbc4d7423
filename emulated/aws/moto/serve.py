"""An emulated AWS on loopback: moto's own server with the corrections of this folder.

Prints one line of JSON, {"port": N}, when it answers. Ends when its standard input ends, so that it cannot outlive
the program that started it, whatever way that one died.
"""
import argparse
import importlib.metadata
import json
import os
import sys
import threading
from pathlib import Path

MOTO = "5.2.5"


def refuse_other_versions() -> None:
    found = importlib.metadata.version("moto")
    if found != MOTO:
        sys.exit(f"moto {found} found, but the corrections are written for moto {MOTO} and no other: they wrap its internals")


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, required=True, help="JSON: account, region, images, zones that exist before the first apply")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    options = parser.parse_args()
    refuse_other_versions()
    world = json.loads(options.world.read_text(encoding="utf-8"))

    # moto reads these at import.
    images = options.world.with_name("images.json")
    images.write_text(json.dumps(world["images"]), encoding="utf-8")
    os.environ["MOTO_AMIS_PATH"] = str(images)
    os.environ["MOTO_ACCOUNT_ID"] = world["account"]
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

    from werkzeug.serving import make_server
    from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

    import corrections  # noqa: F401  (its import is the correction)
    import inventory
    import zones

    zones.create(world)
    app = inventory.beside(DomainDispatcherApplication(create_backend_app), world)
    server = make_server("127.0.0.1", options.port, app, threaded=True, request_handler=MotoRequestHandler)
    os.environ["MOTO_PORT"] = str(server.port)
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(json.dumps({"port": server.port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

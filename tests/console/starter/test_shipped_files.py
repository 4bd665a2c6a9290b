from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import console.starter
from console.starter import starter_files, write_starter

SERVICE = Path(console.starter.__file__).parent / "orders_service"


def test_the_service_is_made_of_the_standard_library_alone() -> None:
    for source in SERVICE.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            strangers = [name for name in names if name.partition(".")[0] not in sys.stdlib_module_names]
            assert not strangers, f"{source.name} imports {strangers}"


def test_no_placeholder_is_left_but_the_catalogs_own(tmp_path: Path) -> None:
    for path in write_starter(tmp_path):
        if path.suffix != ".py":
            assert set(re.findall(r"\$\{\w+\}", path.read_text())) <= {"${DIR}"}, path


def test_each_part_can_be_started_stopped_and_restarted_by_a_procedure_that_ends_well(tmp_path: Path) -> None:
    write_starter(tmp_path)
    components = {
        one["id"]: one for one in tomllib.loads((tmp_path / "orders.toml").read_text())["component"]
    }
    for id_, component in components.items():
        for procedure, effect in zip(component["procedures"], ("start", "stop", "restart"), strict=True):
            _, front_matter, body = (
                (tmp_path / "procedures" / f"{procedure}.md").read_text().split("+++\n", 2)
            )
            written = tomllib.loads(front_matter)
            blocks = re.findall(r"```(run|check)", body)
            assert (written["component"], written["effect"]) == (id_, effect)
            assert blocks[-1] == ("run" if effect == "stop" else "check")


def test_the_documents_name_every_file(tmp_path: Path) -> None:
    guide = Path(__file__).parents[3] / "docs" / "starter.md"
    for text in (guide.read_text(), (SERVICE.parent / "files" / "README.md").read_text()):
        for path in starter_files(tmp_path):
            top = path.relative_to(tmp_path).parts[0]
            assert f"`{top}`" in text or f"`{top}/`" in text or top == "README.md", top

"""Open RO-Crates with the ``rocrate`` library: argv are folders of attached crates, or files of detached ones.

Prints, for each, the number of files, the names of those that it misses, and what the root says.
"""

import json
import sys
import warnings
from pathlib import Path

from rocrate.rocrate import ROCrate

warnings.simplefilter("error")
found = []
for argument in sys.argv[1:]:
    path = Path(argument)
    crate = ROCrate(path) if path.is_dir() else ROCrate(json.loads(path.read_text(encoding="utf-8")))
    files = [entity for entity in crate.data_entities if entity.type == "File"]
    missing = [entity.id for entity in files if path.is_dir() and not (path / entity.id).is_file()]
    root = crate.root_dataset
    found.append({"version": crate.version, "files": len(files), "missing": missing, "name": root["name"], "licence": root["license"].id})
sys.stdout.write(json.dumps({"crates": found}))

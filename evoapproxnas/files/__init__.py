"""Files that are whole at any moment, and readers that let nothing malformed through.

| module | what it is the only one of |
|---|---|
| `atomic` | the writer: `write_atomically` (text, bytes), `atomic_file` (for writers that take a path), `atomic_folder`; `remove_folder` |
| `arrays` | `save_arrays`, `load_arrays`: named NumPy arrays in one `.npz` file, checked before memory is taken; `pack_arrays`, `unpack_arrays`: likewise as bytes; `decode_array`: a `.npy` |
| `records` | the codec: `decode`, `decode_json`, `decode_row` make frozen dataclasses, `encode_json`, `encode_row` their text |
| `data_folders` | where data that users bring are looked for |
| `reading` | `read_text`, `read_json`: a file's content, or an error of this package; `as_text` |
| `tables` | `read_rows`: the rows of a CSV file as dataclasses |
| `frames` | `read_frame`: likewise as a data frame |
| `journal` | `Journal`: rows that are added one by one |
| `studies` | `study_folder`: a folder of measurements of one subject |
| `lock` | `make_folder`; `locked`, `take_lock`, `let_go`, `is_taken`: one process at a time in a folder |

Whatever is wrong with a file is an error of this package that names the file, and the row in it;
readers take `error=`, the class to raise, which is `StoreError` unless said otherwise.
"""  # noqa: E501

from evoapproxnas.files.arrays import (
    decode_array,
    load_arrays,
    pack_arrays,
    save_arrays,
    unpack_arrays,
)
from evoapproxnas.files.atomic import (
    atomic_file,
    atomic_folder,
    remove_folder,
    remove_leftovers,
    write_atomically,
)
from evoapproxnas.files.data_folders import DATA_VARIABLE, data_folders
from evoapproxnas.files.journal import Journal
from evoapproxnas.files.lock import is_taken, let_go, locked, make_folder, take_lock
from evoapproxnas.files.reading import as_text, read_json, read_text, told
from evoapproxnas.files.records import (
    Row,
    check_format,
    decode,
    decode_json,
    decode_row,
    encode_json,
    encode_row,
    explain,
    shown,
)
from evoapproxnas.files.studies import study_folder
from evoapproxnas.files.tables import read_rows

__all__ = [
    "DATA_VARIABLE",
    "Journal",
    "Row",
    "as_text",
    "atomic_file",
    "atomic_folder",
    "check_format",
    "data_folders",
    "decode",
    "decode_array",
    "decode_json",
    "decode_row",
    "encode_json",
    "encode_row",
    "explain",
    "is_taken",
    "let_go",
    "load_arrays",
    "locked",
    "make_folder",
    "pack_arrays",
    "read_json",
    "read_rows",
    "read_text",
    "remove_folder",
    "remove_leftovers",
    "save_arrays",
    "shown",
    "study_folder",
    "take_lock",
    "told",
    "unpack_arrays",
    "write_atomically",
]

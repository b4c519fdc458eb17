"""press_tab.py SHELL SCRIPT LINE: types LINE into an interactive SHELL that has read SCRIPT, presses TAB twice, and prints what the terminal then shows."""
import os
import pty
import select
import sys
import time

shell, script, line = sys.argv[1:]
# Output that only the shell itself can have put together, so that the echo of what is typed is not taken for it.
ready, read, typed = "rea''dy", b"ready", line.encode()
begin = {"bash": f"source {script}; echo {ready}\n", "zsh": f"autoload -U compinit && compinit -u -D; source {script}; echo {ready}\n"}[shell]
command = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[shell]
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="$ ", COLUMNS="200")
    os.execvp(command[0], command)
shown = b""


def until(done, seconds):
    """Reads until done(shown), or until nothing more has come for some seconds."""
    global shown
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done(shown):
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 4096)


os.write(terminal, begin.encode())
until(lambda text: read in text.replace(ready.encode(), b""), 60)
shown = b""
os.write(terminal, typed + b"\t")
# The answer of a started program: the line grows, or the bell rings for several.
until(lambda text: b"\a" in text or len(text.rstrip()) > len(typed) + 2, 60)
os.write(terminal, b"\t")
until(lambda text: False, 4)
sys.stdout.write(shown.decode(errors="replace").replace("\a", ""))
os.kill(pid, 9)

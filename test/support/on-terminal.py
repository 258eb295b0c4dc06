"""Runs a program on a terminal of its own: ROWS COLUMNS program words... Its output goes to ours, byte by byte; ours to it."""
import fcntl, os, pty, select, struct, sys, termios

rows, columns = int(sys.argv[1]), int(sys.argv[2])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
sources = [terminal, 0]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            piece = os.read(source, 65536)
        except OSError:
            piece = b''
        if not piece:
            sources.remove(source)
        else:
            os.write(1 if source == terminal else terminal, piece)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

// `tessera`: the command line. All of it is a library, which the package for Python links too.
import TesseraCommands

Program.run()

// `tessera-hdf5 FILE`: reads an HDF5 file for the process that starts it, through a `ChildProcess`.
//
// The HDF5 library may crash on a damaged file; so it runs here. This program links nothing else, because most of the time
// that it takes to start is spent on loading libraries.
import Glibc
import TesseraHDF5

guard CommandLine.arguments.count == 2 else {
  let sentence = "tessera-hdf5 is started by tessera, which reads HDF5 files through it; run `tessera info FILE`\n"
  _ = sentence.withCString { write(2, $0, strlen($0)) }
  exit(64)
}
serveHDF5File(path: CommandLine.arguments[1])

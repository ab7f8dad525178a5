// Errors, number types, metadata and the child process are part of this module's interface. They live below it, so that the
// program that reads HDF5 files on the command's behalf has little to load.
@_exported import TesseraHDF5

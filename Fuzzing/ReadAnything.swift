import Glibc
import TesseraFormats

/// Where each input becomes a file: in memory, if the system has room for that.
private let path = "\(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")/tessera-fuzz-\(getpid()).bin"

/// What libFuzzer calls with each input: opens it as a file, reads the last frame of its first three datasets, and as a table
/// of sites what is no image. Errors are answers; a crash, a hang or too much memory ends the run.
///
/// HDF5 files are left alone: their parser is a library's, which is known to crash and therefore runs in a child process.
/// Returns -1 for an input that is not worth keeping.
@_cdecl("LLVMFuzzerTestOneInput")
public func readAnything(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard descriptor >= 0, write(descriptor, bytes, count) == count, close(descriptor) == 0 else {
    fatalError("\(path) cannot be written")
  }
  guard !isHDF5(UnsafeBufferPointer(start: bytes, count: count)) else { return -1 }
  var options = ReadingOptions()
  options.pixelLimit = 1 << 22
  do {
    let file = try ImageFile.open(path: path, options: options)
    for dataset in file.datasets.prefix(3) {
      if dataset.isImage {
        _ = try? file.read(dataset: dataset.index, frame: dataset.frameCount - 1)
      } else if dataset.frameCount < 64 {
        _ = try? file.statistics(dataset: dataset.index)
      }
    }
    guard file.format == "text" else { return 0 }
  } catch {}
  _ = try? SiteList.read(path: path)
  return 0
}

/// The signature stands at the start or, behind another program's block, at a power of two.
private func isHDF5(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  ([0] + (9...26).map { 1 << $0 }).contains { place in
    place + 4 <= bytes.count && bytes[place..<place + 4].elementsEqual([0x89, 0x48, 0x44, 0x46])
  }
}

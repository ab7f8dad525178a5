import Glibc

/// Opens an HDF5 file: in a child process if `ChildProcess.helper` names one, otherwise in this process.
package func openHDF5(path: String) throws(FormatError) -> any HDF5Source {
  if ChildProcess.helper == nil { return try HDF5File(path: path) }
  return try IsolatedHDF5File(path: path)
}

/// An HDF5 file that a child process reads, because the library may crash on a damaged one.
final class IsolatedHDF5File: HDF5Source {
  private let path: String
  private let child: ChildProcess

  /// What the parent asks for.
  private enum Request: Int {
    case tree, values
  }

  /// Bytes that the tree of a file may take; texts alone have at most 4 MiB each.
  private static let treeLimit = 1 << 28

  init(path: String) throws(FormatError) {
    guard let child = ChildProcess(for: path) else {
      throw FormatError(.inputOutput, in: path, "cannot be read: the helper process does not start")
    }
    (self.path, self.child) = (path, child)
  }

  func tree() throws(FormatError) -> HDF5Node {
    var request = HDF5TreeEncoder()
    request.append(Request.tree.rawValue)
    var decoder = HDF5TreeDecoder(try answer(to: request, limit: Self.treeLimit))
    guard let node = decoder.node() else { throw crashed() }
    return node
  }

  func values(of array: HDF5Array, start: [Int], count: [Int]) throws(FormatError) -> [UInt8] {
    var request = HDF5TreeEncoder()
    request.append(Request.values.rawValue)
    request.append(array.path)
    request.append(start)
    request.append(count)
    guard let size = checkedProduct(count + [array.elementSize]) else { throw crashed() }
    let bytes = try answer(to: request, limit: size)
    guard bytes.count == size else { throw crashed() }
    return bytes
  }

  /// - Parameter limit: bytes of a good answer; a sentence about an error may have a page more.
  private func answer(to request: HDF5TreeEncoder, limit: Int) throws(FormatError) -> [UInt8] {
    let answer: (isGood: Bool, bytes: [UInt8])
    do { answer = try child.answer(to: request.bytes, limit: limit + 4096) } catch {
      switch error {
      case .crashed: throw crashed()
      case .outOfTime:
        throw FormatError(
          in: path,
          "takes the HDF5 library longer than any good file of its kind; it is damaged, copy or export it again")
      }
    }
    if answer.isGood { return answer.bytes }
    throw FormatError(.unusable, plainText(answer.bytes))
  }

  private func crashed() -> FormatError {
    FormatError(in: path, "is a damaged HDF5 file (the HDF5 library fails on it); copy or export it again")
  }

  /// Bytes that the child may take beside those of the pixels asked for.
  private static let baseMemory = 1 << 29

  /// The child's side: serves one file until the parent goes away.
  static func serve(path: String) {
    var file: HDF5File?
    var arrays: [String: HDF5Array] = [:]
    var status = stat()
    var budget = ReadingBudget(fileSize: stat(path, &status) == 0 ? Int(status.st_size) : 0)
    let limit = ChildProcess.ProcessorTimeLimit()
    limit.set(to: budget.seconds)
    ChildProcess.serve { bytes in
      // The library believes damaged files that claim gigabytes. A tree takes little memory.
      ChildProcess.limitMemory(to: Self.baseMemory)
      let open = try file ?? HDF5File(path: path)
      file = open
      var request = HDF5TreeDecoder(bytes)
      switch request.number().flatMap({ Request(rawValue: $0) }) {
      case .tree:
        let root = try open.tree()
        for node in root.all { if let array = node.array { arrays[array.path] = array } }
        var answer = HDF5TreeEncoder()
        answer.append(root)
        return answer.bytes
      case .values:
        guard let name = request.text(), let array = arrays[name], let start = request.numbers(),
          let count = request.numbers()
        else { throw FormatError(in: path, "was asked for an array that it does not hold") }
        budget.add(array, start: start, count: count)
        limit.set(to: budget.seconds)
        // A chunk is held packed, unpacked, between filters and in the cache.
        let size = checkedProduct(count + [array.elementSize]) ?? 0
        ChildProcess.limitMemory(to: Self.baseMemory + size + 5 * array.chunkSize)
        return try open.values(of: array, start: start, count: count)
      case nil: throw FormatError(in: path, "was asked for something unknown")
      }
    }
  }
}

/// Serves a parent process that reads an HDF5 file through `ChildProcess`; returns when the parent is done.
public func serveHDF5File(path: String) { IsolatedHDF5File.serve(path: path) }

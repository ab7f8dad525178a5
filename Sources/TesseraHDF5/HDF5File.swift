import CHDF5
import Glibc
import Synchronization

/// What the conventions and images need of an HDF5 file, read in this process or in a child of it.
package protocol HDF5Source: Sendable {
  /// Everything in the file, as a tree of groups and datasets. Links that leave the file are not followed.
  func tree() throws(FormatError) -> HDF5Node

  /// Values of a part of an array: `start` and `count` along each axis, in the file's order of axes, little-endian.
  func values(of array: HDF5Array, start: [Int], count: [Int]) throws(FormatError) -> [UInt8]
}

/// An HDF5 file that is open in this process. Every identifier that the library hands out is closed where it was made.
///
/// Several threads may use it if the library was built for that, as the distributions' is.
package final class HDF5File: HDF5Source {
  let path: String
  private let file: hid_t
  private let current = Mutex<OpenDataset?>(nil)

  /// Files with more objects, or groups nested deeper, are refused as damaged or as something else than images.
  static let objectLimit = 20_000
  static let depthLimit = 24

  /// The signature may stand behind a block of 512 bytes, or a power of two more, that belongs to another program.
  package static func recognizes(_ head: [UInt8]) -> Bool {
    return [0, 512, 1024, 2048].contains { $0 + 8 <= head.count && head[$0..<$0 + 8].elementsEqual(signature) }
  }

  /// Sizes of the foreign block before the signature that the first 4096 bytes do not show.
  package static let largeBlocks = (12...26).map { 1 << $0 }
  package static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  package init(path: String) throws(FormatError) {
    self.path = path
    tessera_h5_quiet()
    HDF5Filter.register()
    file = tessera_h5_open(path)
    guard file >= 0 else {
      throw FormatError(in: path, "is a damaged or truncated HDF5 file; copy or export it again")
    }
  }

  deinit {
    current.withLock { $0 = nil }
    if file >= 0 { H5Fclose(file) }
  }

  package func tree() throws(FormatError) -> HDF5Node {
    tessera_h5_quiet()
    var seen: Set<UInt64> = []
    let root = H5Oopen(file, "/", 0)
    guard root >= 0 else { throw damaged("its root group") }
    defer { H5Oclose(root) }
    return try node(root, name: "", path: "", depth: 0, &seen)
  }

  private func node(
    _ object: hid_t, name: String, path: String, depth: Int, _ seen: inout Set<UInt64>
  ) throws(FormatError) -> HDF5Node {
    guard depth <= Self.depthLimit, seen.count < Self.objectLimit else {
      throw FormatError(
        in: self.path, "holds more than \(Self.objectLimit) objects or deeper groups than \(Self.depthLimit)")
    }
    var node = HDF5Node(name: name, path: path, attributes: attributes(of: object))
    if H5Iget_type(object) == H5I_DATASET {
      do { node.array = try HDF5Array(object, path: path) } catch {
        node.text = firstText(of: object)
        node.problem = HDF5Problem(fact: "\(path) \(error.fact)", holdsNumbers: error.holdsNumbers)
      }
      return node
    }
    guard H5Iget_type(object) == H5I_GROUP else { return node }
    let (links, isWhole) = Members.links(of: object)
    if !isWhole {
      node.problem = HDF5Problem(fact: "the group \(path)/ is damaged: what it holds is not all known")
    }
    for link in links {
      let childPath = "\(path)/\(link.text)"
      guard link.isHard else {
        if let target = externalTarget(of: link.name, in: object) {
          let fact = "\(childPath) is a link into the file \(target), which is not followed; open that file"
          node.children.append(HDF5Node(name: link.text, path: childPath, problem: HDF5Problem(fact: fact)))
        }
        continue
      }
      let child = H5Oopen(object, link.name, 0)
      guard child >= 0 else {
        let fact = "\(childPath) cannot be opened: it is damaged, or written for a newer library than \(Self.library)"
        node.children.append(HDF5Node(name: link.text, path: childPath, problem: HDF5Problem(fact: fact)))
        continue
      }
      defer { H5Oclose(child) }
      guard seen.insert(tessera_h5_address(child)).inserted else { continue }
      node.children.append(try self.node(child, name: link.text, path: childPath, depth: depth + 1, &seen))
    }
    return node
  }

  /// A dataset that is open, with its unpacked chunks; closed with this object.
  private final class OpenDataset: Sendable {
    let path: String
    let identifier: hid_t
    init(path: String, identifier: hid_t) { (self.path, self.identifier) = (path, identifier) }
    deinit { H5Dclose(identifier) }
  }

  /// Memory for the unpacked chunks of a frame; a single chunk may be larger, and is kept all the same.
  static let cacheLimit = 1 << 28

  /// The dataset of an array, which stays open until another is asked for: frames that share chunks do not unpack them again.
  private func dataset(of array: HDF5Array) throws(FormatError) -> OpenDataset {
    if let open = current.withLock({ $0 }), open.path == array.path { return open }
    let settings = H5Pcreate(tessera_h5_dataset_access())
    defer { H5Pclose(settings) }
    if let chunk = array.chunk {
      // Chunks of all frames that one chunk of the first axes spans.
      let count = checkedProduct(
        zip(array.shape, chunk).suffix(max(1, chunk.count - 1)).map { ($0 + $1 - 1) / max(1, $1) })
      let size = count.flatMap { checkedProduct([$0, array.chunkSize]) } ?? .max
      H5Pset_chunk_cache(settings, 12_421, min(max(size, 1 << 20), max(Self.cacheLimit, array.chunkSize)), 1)
    }
    let identifier = H5Dopen2(file, array.path, settings)
    guard identifier >= 0 else { throw damaged(array.path) }
    let open = OpenDataset(path: array.path, identifier: identifier)
    current.withLock { $0 = open }
    return open
  }

  /// Name of the file that a link leads to; nil for other links.
  private func externalTarget(of name: [CChar], in group: hid_t) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    guard tessera_h5_external_file(group, name, &buffer, buffer.count) == 1 else { return nil }
    return plainText(buffer)
  }

  /// The library as a user knows it: `HDF5 1.10.8`.
  private static var library: String {
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    H5get_libversion(&major, &minor, &release)
    return "HDF5 \(major).\(minor).\(release)"
  }

  package func values(of array: HDF5Array, start: [Int], count: [Int]) throws(FormatError) -> [UInt8] {
    tessera_h5_quiet()
    let open = try dataset(of: array)
    // Kept in use: another thread may put another in its place.
    defer { withExtendedLifetime(open) {} }
    let dataset = open.identifier
    let type = H5Dget_type(dataset)
    let space = H5Dget_space(dataset)
    let starts = start.map { hsize_t($0) }
    let counts = count.map { hsize_t($0) }
    let memory = H5Screate_simple(Int32(counts.count), counts, nil)
    defer {
      H5Tclose(type)
      H5Sclose(space)
      H5Sclose(memory)
    }
    guard type >= 0, space >= 0, memory >= 0, let elements = checkedProduct(count),
      Int(H5Tget_size(type)) == array.elementSize,
      H5Sselect_hyperslab(space, H5S_SELECT_SET, starts, nil, counts, nil) >= 0
    else { throw damaged(array.path) }
    var isRead = false
    var bytes = [UInt8](unsafeUninitializedCapacity: elements * array.elementSize) { buffer, filled in
      isRead = H5Dread(dataset, type, memory, space, 0, buffer.baseAddress) >= 0
      filled = isRead ? buffer.count : 0
    }
    guard isRead, bytes.count == elements * array.elementSize else { throw damaged(array.path) }
    if array.isBigEndian { swapBytes(&bytes, size: array.type.swappedSize) }
    return bytes
  }

  private func attributes(of object: hid_t) -> [MetadataTree.Entry] {
    var entries: [MetadataTree.Entry] = []
    for member in Members.attributes(of: object) {
      let attribute = H5Aopen(object, member.name, 0)
      guard attribute >= 0 else { continue }
      defer { H5Aclose(attribute) }
      let (type, space) = (H5Aget_type(attribute), H5Aget_space(attribute))
      defer {
        H5Tclose(type)
        H5Sclose(space)
      }
      let value = HDF5Value.read(type, space) { H5Aread(attribute, $0, $1) }
      if let value { entries.append(.init(member.text, value)) }
    }
    return entries
  }

  /// The text of a dataset that holds one (or several, of which the first counts).
  private func firstText(of dataset: hid_t) -> String? {
    let (type, space) = (H5Dget_type(dataset), H5Dget_space(dataset))
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    guard H5Tget_class(type) == H5T_STRING else { return nil }
    switch HDF5Value.read(type, space, { H5Dread(dataset, $0, 0, 0, 0, $1) }) {
    case .text(let text): return text
    case .list(let values): return values.first?.text
    default: return nil
    }
  }

  private func damaged(_ what: String) -> FormatError {
    FormatError(
      in: path, "cannot be read at \(what); the HDF5 file is damaged or uses a filter that is missing, copy it again")
  }
}

/// The names of what an object has, told by the library in one pass: asked for by number, each would be searched from the
/// first.
private struct Members {
  struct Member {
    /// As the library wants it, ending with a zero.
    var name: [CChar]
    var isHard: Bool
    var text: String { plainText(name) }
  }

  private var members: [Member] = []
  private let limit: Int

  /// The links of a group, and whether they are all: those before the damage, if it is damaged.
  static func links(of group: hid_t) -> ([Member], isWhole: Bool) {
    gather(limit: HDF5File.objectLimit) { tessera_h5_links(group, $0, $1) }
  }

  static func attributes(of object: hid_t) -> [Member] {
    gather(limit: 4096) { tessera_h5_attributes(object, $0, $1) }.0
  }

  private static func gather(
    limit: Int, _ tell: (tessera_h5_member, UnsafeMutableRawPointer) -> Int32
  ) -> ([Member], isWhole: Bool) {
    var found = Members(limit: limit)
    let status = withUnsafeMutablePointer(to: &found) { found in
      tell(
        { name, isHard, context in
          let found = context!.assumingMemoryBound(to: Members.self)
          let name = Array(UnsafeBufferPointer(start: name, count: strlen(name!) + 1))
          found.pointee.members.append(Member(name: name, isHard: isHard != 0))
          return found.pointee.members.count < found.pointee.limit ? 0 : 1
        }, found)
    }
    return (found.members, status >= 0)
  }
}

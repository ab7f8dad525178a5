import Foundation

/// `manifest.json` of a result folder: the files that the program wrote there, so that a later result takes the place of these
/// and of no other.
public struct FolderManifest: Codable, Equatable, Sendable {
  /// The name of the file.
  public static let name = "manifest.json"
  /// What the program calls itself in the manifest.
  public static let program = "Tessera"

  /// One file that the program wrote.
  public struct File: Codable, Equatable, Sendable {
    /// Below the folder, with `/` between parts.
    public var path: String
    /// Size of the file, in bytes.
    public var bytes: Int
    /// CRC-32 of the contents, eight hexadecimal digits.
    public var crc32: String
  }

  /// Name of the program that wrote the folder; a manifest with another name is not taken for ours.
  public var program = Self.program
  /// Of the program.
  public var version: String
  /// By path.
  public var files: [File]

  /// The manifest of the files that a folder holds.
  public init(of folder: URL, version: String) throws {
    self.version = version
    files = try Self.paths(in: folder).sorted().map { path in
      let data = try Data(contentsOf: folder.appendingPathComponent(path), options: .alwaysMapped)
      return File(path: path, bytes: data.count, crc32: FileStamp.checksum(data))
    }
  }

  /// The manifest of a result folder; nil where it has none, another program's, or one whose paths leave the folder.
  public init?(readFrom folder: URL) {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent(Self.name)), data.count < Self.largestSize,
      let manifest = try? JSONDecoder().decode(Self.self, from: data), manifest.program == Self.program,
      manifest.files.allSatisfy({ !$0.path.hasPrefix("/") && !$0.path.split(separator: "/").contains("..") })
    else { return nil }
    self = manifest
  }

  /// A manifest of more bytes is none of ours.
  private static let largestSize = 1 << 24

  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicOutput.write(
      encoder.encode(self) + Data("\n".utf8), to: folder.appendingPathComponent(Self.name).path)
  }

  /// All that lies below a folder and is no folder itself, by the path below it.
  static func paths(in folder: URL) -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: folder.path) else { return [] }
    return walk.compactMap { $0 as? String }.filter { path in
      walkAttributes(of: folder.appendingPathComponent(path).path) != .typeDirectory
    }
  }

  private static func walkAttributes(of path: String) -> FileAttributeType? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
  }
}

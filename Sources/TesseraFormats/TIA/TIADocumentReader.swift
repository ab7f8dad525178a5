import Foundation

/// A document of FEI's TIA (`.emi`): the acquisition as XML, and the data in `NAME_1.ser`, `NAME_2.ser`, ... beside it.
///
/// A series that is damaged is left out, with a warning. Without any the single image that the document itself holds is read. The format has no description: the place of
/// that image (a mark, its size in bytes, its width and height) and of its calibration is known from files only.
struct TIADocumentReader: FormatReader {
  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  let acquisition: [String: String]
  let warnings: [String]
  private let series: [TIASeriesReader]
  private let embedded: StoredArray?
  private let file: FileBytes

  static func recognizes(_ head: [UInt8]) -> Bool { head.starts(with: [0x4A, 0x4B, 0x00, 0x02, 0x00, 0x00]) }

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    self.file = file
    guard file.count <= 1 << 30 else {
      throw FormatError(in: file.path, "is too long for a TIA document; read its .ser files")
    }
    let bytes = try file.bytes(at: 0, count: file.count)
    let facts = TIAFacts(bytes)
    metadata = facts.tree
    acquisition = facts.acquisition
    var warnings: [String] = []

    let base = (file.path as NSString).deletingPathExtension
    var series: [TIASeriesReader] = []
    var failure: (any Error)?
    for path in Self.seriesFiles(of: file.path) {
      do {
        let next = try TIASeriesReader(try FileBytes(path: path), index: series.count, name: fileName(path))
        warnings += next.warnings.map { "\(fileName(path)): \($0)" }
        series.append(next)
      } catch {
        failure = failure ?? error
        warnings.append("\(fileName(path)) is left out: \("\(error)".trimmingPrefix("\(fileName(path)): "))")
      }
    }
    self.series = series
    if !series.isEmpty {
      datasets = series.map { $0.datasets[0] }
      embedded = nil
      self.warnings = warnings
      return
    }
    guard let (array, scale, offset) = Self.embeddedImage(in: bytes) else {
      if let failure { throw failure }
      throw FormatError(
        in: file.path, "contains no image; the data are in \(fileName(base))_1.ser, which must be in the same folder")
    }
    try array.check(in: file, named: "pixel data")
    warnings.append(
      failure == nil
        ? "\(fileName(base))_1.ser is missing: the image in the document is read"
        : "the image in the document is read instead")
    let axes = ["y", "x"].enumerated().map { index, name in
      TIACalibration.inNanometres(
        DatasetAxis(name: name, size: array.shape[index], scale: scale ?? 1, offset: offset ?? 0))
    }
    datasets = [DatasetDescription(index: 0, name: "image", shape: array.shape, type: array.type, axes: axes)]
    embedded = array
    self.warnings = warnings
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    if let embedded { return try embedded.stream(frame: 0, from: file, body) }
    try series[dataset].stream(dataset: 0, frame: frame, body)
  }

  /// The files `NAME_1.ser`, `NAME_2.ser`, ... beside a document, by their numbers, whatever the case of their letters; of two
  /// that differ only in it, the one that is spelt as the document.
  private static func seriesFiles(of document: String) -> [String] {
    let folder = AtomicOutput.parentFolder(of: document)
    let base = ((fileName(document) as NSString).deletingPathExtension)
    var files: [Int: String] = [:]
    for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
      guard name.count > base.count + 5, name.lowercased().hasSuffix(".ser"),
        name.lowercased().hasPrefix(base.lowercased() + "_")
      else { continue }
      let digits = name.dropFirst(base.count + 1).dropLast(4)
      guard digits.allSatisfy({ ("0"..."9").contains($0) }), let number = Int(digits) else { continue }
      if files[number] == nil || name.hasPrefix(base) {
        files[number] = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      }
    }
    return files.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The bytes `22 02 02`, a length, width, height, the pixels; 8 bytes behind them the offset of x, 20 bytes behind them its scale.
  private static func embeddedImage(in bytes: [UInt8]) -> (
    array: StoredArray, scale: Double?, offset: Double?
  )? {
    let number = { (place: Int) in (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
    var place = 1
    while place + 15 < bytes.count {
      defer { place += 1 }
      guard bytes[place] == 0x22, bytes[place + 1] == 2, bytes[place + 2] == 2 else { continue }
      let (length, width, height) = (number(place + 3), number(place + 7), number(place + 11))
      let start = place + 15
      guard width > 0, height > 1, let pixels = checkedProduct([width, height]), length > 8, (length - 8) % pixels == 0,
        length - 8 <= bytes.count - start
      else { continue }
      let type: ScalarType? =
        switch ((length - 8) / pixels, bytes[place - 1]) {
        case (1, _): .uint8
        case (2, _): .uint16
        case (4, 0x0C): .float32
        case (4, _): .int32
        case (8, _): .float64
        default: nil
        }
      guard let type, var array = StoredArray(offset: start, type: type, shape: [height, width]) else { continue }
      array.offset += (height - 1) * array.strides[0]
      array.strides[0] = -array.strides[0]
      let real = { (behind: Int) -> Double? in
        let place = start + length - 8 + behind
        guard place + 8 <= bytes.count else { return nil }
        let value = Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) })
        return value.isFinite ? value : nil
      }
      let scale = real(20).flatMap { $0 > 0 ? $0 : nil }
      return (array, scale, scale == nil ? nil : real(8))
    }
    return nil
  }
}

/// What the XML of a TIA document says.
struct TIAFacts {
  private(set) var tree = MetadataTree.empty
  private(set) var acquisition: [String: String] = [:]

  init(_ bytes: [UInt8]) {
    guard let start = Self.place(of: "<ObjectInfo>", in: bytes, from: 0),
      let end = Self.place(of: "</ObjectInfo>", in: bytes, from: start)
    else { return }
    let text = plainText(bytes[start..<end])
    var entries: [MetadataTree.Entry] = []
    for part in text.split(separator: "<Data>").dropFirst() {
      guard let label = Self.element("Label", of: part), let value = Self.element("Value", of: part) else { continue }
      let unit = Self.element("Unit", of: part) ?? ""
      entries.append(.init(unit.isEmpty ? label : "\(label) (\(unit))", .text(value.trimmed)))
    }
    for name in ["AcquireDate", "Manufacturer", "CameraNamePath", "DwellTimePath", "Binning"] {
      if let value = Self.element(name, of: text[...]) { entries.append(.init(name, .text(value))) }
    }
    tree = .group(entries)
    for (fact, name) in [
      ("microscope", "Microscope"), ("voltage_kv", "High tension (kV)"), ("magnification", "Magnification (x)"),
      ("mode", "Mode"), ("operator", "User"), ("date", "AcquireDate"), ("detector", "CameraNamePath"),
      ("camera_length_m", "Camera length (m)"),
    ] {
      if let text = tree[name]?.text, !text.isEmpty { acquisition[fact] = text }
    }
  }

  private static func element(_ name: String, of text: Substring) -> String? {
    guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
      let end = text[start...].firstRange(of: "</\(name)>")?.lowerBound
    else { return nil }
    return String(text[start..<end])
  }

  private static func place(of word: String, in bytes: [UInt8], from start: Int) -> Int? {
    let word = Array(word.utf8)
    var place = start
    while place + word.count <= bytes.count {
      if bytes[place] == word[0] && bytes[place..<place + word.count].elementsEqual(word) { return place }
      place += 1
    }
    return nil
  }
}

import Foundation

/// The channels of a TIFF stack: images of the same place that different detectors took at once, one page each.
///
/// Averaged or registered as if they were frames they would give an image of nothing, so each is a dataset.
struct TIFFChannels: Equatable {
  /// More channels than this are no detectors.
  private static let largest = 1024

  /// At least two.
  var count: Int
  /// Pages from one channel to the next.
  var step = 1
  /// As many as channels, or none.
  var names: [String] = []

  /// Nil where the file knows of one channel only.
  ///
  /// - Parameter pages: of the stack, all of one size and type; where a copy was cut, some channels have a frame less.
  static func of(_ directory: TIFFDirectory, pages: Int) -> TIFFChannels? {
    guard let found = imageJ(directory) ?? ome(directory) ?? shaped(directory), (2...largest).contains(found.count),
      found.step > 0, let last = checkedProduct([found.count - 1, found.step]), pages > last
    else { return nil }
    return found
  }

  /// The channel of a page.
  func channel(of page: Int) -> Int { page / step % count }

  func name(of channel: Int) -> String { names.indices.contains(channel) ? names[channel] : "channel \(channel)" }

  /// Source: ImageJ, ij.CompositeImage: in a hyperstack the channel counts fastest, then the slice, then the frame. The labels
  /// of the first images name the channels.
  private static func imageJ(_ directory: TIFFDirectory) -> TIFFChannels? {
    guard let text = directory.text(TIFFTag.description, where: { $0.hasPrefix("ImageJ=") }),
      let count = keyValues(text).first(where: { $0.name == "channels" })?.value.text.flatMap({ Int($0) }), count > 1
    else { return nil }
    let labels = imageJLabels(directory)
    let names = labels.count >= count ? labels.prefix(count).map { $0.trimmed } : []
    return TIFFChannels(count: count, names: Set(names).count == names.count && !names.contains("") ? names : [])
  }

  /// The labels in ImageJ's block of metadata: `IJIJ`, pairs of kind and count, then the values, whose sizes are a tag of
  /// their own. Source: ij.io.TiffDecoder.getMetaData.
  private static func imageJLabels(_ directory: TIFFDirectory) -> [String] {
    guard let sizes = directory.integers(50838, limit: 1 << 16), let bytes = directory.integers(50839, limit: 1 << 22),
      let head = sizes.first, head >= 4, head <= bytes.count
    else { return [] }
    // `IJIJ`, or turned round.
    let isBigEndian = bytes[0] == 0x49
    func number(_ place: Int) -> Int {
      (0..<4).reduce(0) { $0 << 8 | bytes[place + (isBigEndian ? $1 : 3 - $1)] }
    }
    var (value, place) = (1, head)
    for entry in stride(from: 4, to: head - 7, by: 8) {
      let (kind, count) = (number(entry), number(entry + 4))
      for index in 0..<count {
        guard value < sizes.count, sizes[value] >= 0, sizes[value] <= bytes.count - place else { return [] }
        // `labl`; each label in UTF-16.
        if kind == 0x6C61_626C && index == 0 {
          return labels(bytes[place...], sizes[value...].prefix(count), isBigEndian)
        }
        place += sizes[value]
        value += 1
      }
    }
    return []
  }

  private static func labels(_ bytes: ArraySlice<Int>, _ sizes: ArraySlice<Int>, _ isBigEndian: Bool) -> [String] {
    var place = bytes.startIndex
    var labels: [String] = []
    for size in sizes {
      guard size >= 0, size <= bytes.endIndex - place else { return labels }
      let units = stride(from: place, to: place + size - 1, by: 2).map { index in
        UInt16(bytes[index] << (isBigEndian ? 8 : 0) | bytes[index + 1] << (isBigEndian ? 0 : 8))
      }
      labels.append(String(decoding: units, as: UTF16.self))
      place += size
    }
    return labels
  }

  /// The dimensions of the first image of an OME-XML, in the order in which they count.
  private static func ome(_ directory: TIFFDirectory) -> TIFFChannels? {
    guard let text = directory.text(TIFFTag.description, where: { $0.contains("<Pixels") && $0.contains("OME") }),
      let start = text.firstRange(of: "<Pixels")?.upperBound
    else { return nil }
    let element = text[start...]
    let block = element[..<(element.firstRange(of: "</Pixels>")?.lowerBound ?? element.endIndex)]
    let order = OMEImages.attribute("DimensionOrder", of: block) ?? "XYCZT"
    func size(_ axis: Character) -> Int {
      let size = OMEImages.attribute("Size\(axis)", of: block).flatMap { Int($0) } ?? 1
      // Colours of a pixel count as channels, but share a page.
      return axis == "C" ? size / max(1, directory.integer(TIFFTag.samplesPerPixel) ?? 1) : size
    }
    guard (2...largest).contains(size("C")),
      let step = checkedProduct(order.drop { "XY".contains($0) }.prefix { $0 != "C" }.map(size))
    else {
      return nil
    }
    var names: [String] = []
    var rest = block
    while names.count < size("C"), let place = rest.firstRange(of: "<Channel ")?.lowerBound {
      names.append(OMEImages.attribute("Name", of: rest[place...]) ?? "")
      rest = rest[place...].dropFirst()
    }
    let isNamed = names.count == size("C") && !names.contains("")
    return TIFFChannels(count: size("C"), step: step, names: isNamed ? names : [])
  }

  /// What tifffile writes for arrays with named axes: `{"shape": [2, 256, 256], "axes": "CYX"}`.
  private static func shaped(_ directory: TIFFDirectory) -> TIFFChannels? {
    guard let text = directory.text(TIFFTag.description, limit: 1 << 16, where: { $0.hasPrefix("{\"shape\"") }),
      let tree = MetadataTree(json: Array(text.utf8)), let axes = tree["axes"]?.text, axes.hasSuffix("YX"),
      case .list(let sizes)? = tree["shape"], sizes.count == axes.count,
      let place = Array(axes).firstIndex(of: "C")
    else { return nil }
    let shape = sizes.map { $0.number.flatMap { Int(exactly: $0) } ?? 0 }
    guard let step = checkedProduct(shape[(place + 1)...].dropLast(2)) else { return nil }
    var names: [String] = []
    if case .list(let values)? = tree["Channel", "Name"] { names = values.map { $0.text ?? "" } }
    return TIFFChannels(count: shape[place], step: step, names: names.count == shape[place] ? names : [])
  }
}

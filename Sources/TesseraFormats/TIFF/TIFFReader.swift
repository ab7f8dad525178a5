import TesseraImaging

/// A TIFF file, classic or BigTIFF: every sample type and layout that libtiff can unpack, pages joined into stacks.
///
/// Consecutive pages of equal size and type are the frames of one dataset; reduced copies and masks are left out. Channels
/// that the file names are a dataset each.
struct TIFFReader: FormatReader {
  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  let acquisition: [String: String]
  let warnings: [String]
  private let file: FileBytes
  private let stacks: [Stack]

  /// The frames of a dataset.
  private struct Stack {
    /// Their pages; at least the first.
    var pages: [TIFFPage]
    /// Frames that lie one behind the other without directories of their own, as ImageJ writes large stacks.
    var hidden: StoredArray?
    var name: String?
    var scale: TIFFScale?
    /// Whether it is one of several detectors' images.
    var isChannel = false

    var count: Int { hidden?.shape[0] ?? pages.count }

    /// Each channel as a stack of its own.
    func split(into channels: TIFFChannels) -> [Stack] {
      let size = hidden.map { $0.strides[0] } ?? 0
      return (0..<channels.count).map { channel in
        var part = self
        (part.name, part.isChannel) = (channels.name(of: channel), !channels.names.isEmpty)
        part.pages = pages.enumerated().filter { channels.channel(of: $0.offset) == channel }.map(\.element)
        if part.pages.isEmpty { part.pages = [pages[0]] }
        // Frames without directories are ImageJ's, whose channels count fastest.
        part.hidden?.offset += channel * size
        part.hidden?.strides[0] *= channels.count
        part.hidden?.shape[0] /= channels.count
        return part
      }
    }
  }

  static func recognizes(_ head: [UInt8]) -> Bool { TIFFDirectory.byteOrder(of: head) != nil }

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    self.file = file
    let (directories, chainWarnings) = try TIFFDirectory.all(of: file)
    var warnings = chainWarnings
    var pages: [(index: Int, page: TIFFPage)] = []
    for (index, directory) in directories.enumerated() {
      do { pages.append((index, try TIFFPage(directory, in: file))) } catch let error {
        if directories.count == 1 { throw error }
        warnings.append("page \(index) is left out: \(error)")
      }
    }
    let primary = pages.filter { !$0.page.isSecondary }
    if !primary.isEmpty { pages = primary }
    guard let first = pages.first?.page else { throw FormatError(in: file.path, "contains no page that can be read") }

    pages = Self.withOwnPixels(pages, in: file, &warnings)
    var stacks = Self.grouped(pages, named: OMEImages(directories[0]).byDirectory)
    let notes = TIFFNotes(first.directory)
    if let promised = notes.imageJCount, promised > pages.count {
      if stacks.count == 1 {
        stacks[0].hidden = ImageJStack.frames(of: pages.map(\.page), promised: promised, in: file)
      }
      let found = stacks.reduce(0) { $0 + $1.count }
      if found < promised {
        warnings.append(
          "its ImageJ header promises \(promised) images, but only \(found) are there and whole; copy the file again")
      }
    }
    if stacks.count == 1, let channels = TIFFChannels.of(first.directory, pages: stacks[0].count) {
      // Only the first page states the scale of all.
      stacks[0].scale = stacks[0].scale ?? TIFFScale.of(first.directory, width: first.width, height: first.height)
      stacks = stacks[0].split(into: channels)
    }
    self.stacks = stacks

    // Directories may share their texts: those of all together are no longer than the file, or the rest is not read.
    var textBudget = max(1 << 20, file.count)
    var unread = 0
    datasets = stacks.enumerated().map { index, stack in
      textBudget -= index == 0 ? 0 : stack.pages[0].directory.valueBytes
      if textBudget < 0 { unread += 1 }
      return Self.description(of: stack, isOneOfMany: stacks.count > 1, index: index, readsTexts: textBudget >= 0)
    }
    if unread > 0 {
      warnings.append(
        "its images share one text in many places: names and pixel sizes of the last \(unread) are not read")
    }
    if first.photometric == 0 && first.palette == nil {
      warnings.append("stores white as zero: values are given as stored, so bright areas have low values")
    }
    warnings += TIFFNotes.warnings(of: first.directory)
    metadata = notes.tree
    acquisition = notes.acquisition
    self.warnings = warnings
  }

  /// Pages that follow one another and are alike are one stack; those of an OME image begin one.
  private static func grouped(
    _ pages: [(index: Int, page: TIFFPage)], named: [Int: (scale: TIFFScale?, name: String)]
  ) -> [Stack] {
    pages.reduce(into: []) { stacks, next in
      let (index, page) = next
      if named[index] == nil, let last = stacks.last?.pages.first, last.matches(page) {
        stacks[stacks.count - 1].pages.append(page)
      } else {
        stacks.append(Stack(pages: [page], name: named[index]?.name, scale: named[index]?.scale))
      }
    }
  }

  /// The pages whose pixels can be their own: where the strips of all are longer than the file, they lie over each other, and
  /// a small file would unpack to any size. The first page stays in any case.
  private static func withOwnPixels(
    _ pages: [(index: Int, page: TIFFPage)], in file: FileBytes, _ warnings: inout [String]
  ) -> [(index: Int, page: TIFFPage)] {
    var claimed = 0
    for (place, (index, page)) in pages.enumerated() {
      claimed += page.claimedBytes(atMost: file.count)
      guard place == 0 || claimed <= file.count else {
        warnings.append(
          "pages from \(index) on are left out: their pixel data lie over those of other pages; export the file again")
        return Array(pages.prefix(place))
      }
    }
    return pages
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    let stack = stacks[dataset]
    if let hidden = stack.hidden { return try hidden.stream(frame: frame, from: file, body) }
    try TIFFPixels(page: stack.pages[frame], file: file).stream(body)
  }

  private static func description(
    of stack: Stack, isOneOfMany: Bool, index: Int, readsTexts: Bool
  ) -> DatasetDescription {
    let page = stack.pages[0]
    let frames = stack.count
    // What speaks of these pages alone comes first.
    let scale =
      stack.scale ?? (readsTexts ? TIFFScale.of(page.directory, width: page.width, height: page.height) : nil)
    var shape = [page.height, page.width]
    var axes = [
      DatasetAxis(
        name: "y", size: page.height, scale: scale?.y ?? 1, offset: scale?.offsetY ?? 0, units: scale?.units.y ?? ""),
      DatasetAxis(
        name: "x", size: page.width, scale: scale?.x ?? 1, offset: scale?.offsetX ?? 0, units: scale?.units.x ?? ""),
    ]
    if frames > 1 {
      shape.insert(frames, at: 0)
      axes.insert(
        scale?.series.map { DatasetAxis(name: "frame", size: frames, scale: $0.scale, units: $0.units) }
          ?? DatasetAxis(name: "frame", size: frames), at: 0)
    }
    let named = stack.pages.count { $0.directory.hasText(TIFFTag.pageName) }
    let first =
      readsTexts && (frames == 1 || named == frames)
      ? page.directory.text(TIFFTag.pageName).map { $0.count > 200 ? "\($0.prefix(200))..." : $0 } : nil
    var name = frames == 1 ? first ?? "image" : first.map { "stack of \($0), ..." } ?? "stack"
    if isOneOfMany, let own = stack.name, !own.isEmpty { name = own }
    var description = DatasetDescription(
      index: index, name: name, shape: shape, type: page.type, channels: page.channels,
      colour: page.isColour ? .rgb : .grey, axes: axes)
    if stack.isChannel, let detector = stack.name { description.acquisition["detector"] = detector }
    return description
  }
}

import TesseraImaging

/// A TIFF file, classic or BigTIFF: every sample type and layout that libtiff can unpack, pages joined into stacks.
///
/// Consecutive pages of equal size and type are the frames of one dataset; reduced copies and masks are left out.
struct TIFFReader: FormatReader {
  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  let acquisition: [String: String]
  let warnings: [String]
  private let file: FileBytes
  /// The pages of each dataset.
  private let stacks: [[TIFFPage]]
  /// Frames that lie behind the first without directories of their own, as ImageJ writes large stacks.
  private let hiddenFrames: StoredArray?

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
    let named = OMEImages(directories[0]).byDirectory
    var stacks: [[TIFFPage]] = []
    var starts: [Int] = []
    for (index, page) in pages {
      if named[index] == nil, let last = stacks.last?.first, last.matches(page) {
        stacks[stacks.count - 1].append(page)
      } else {
        stacks.append([page])
        starts.append(index)
      }
    }
    self.stacks = stacks
    let notes = TIFFNotes(first.directory)
    hiddenFrames = Self.hiddenFrames(behind: first, count: pages.count == 1 ? notes.imageJCount : 1, in: file)

    let frames = hiddenFrames?.shape[0]
    // Directories may share their texts: those of all together are no longer than the file, or the rest is not read.
    var textBudget = max(1 << 20, file.count)
    var unread = 0
    datasets = stacks.enumerated().map { index, stack in
      textBudget -= index == 0 ? 0 : stack[0].directory.valueBytes
      if textBudget < 0 { unread += 1 }
      var description = Self.description(
        of: stack, scale: named[starts[index]]?.scale, frames: index == 0 ? frames ?? stack.count : stack.count,
        index: index, readsTexts: textBudget >= 0)
      if stacks.count > 1, let name = named[starts[index]]?.name, !name.isEmpty { description.name = name }
      return description
    }
    if unread > 0 {
      warnings.append(
        "its images share one text in many places: names and pixel sizes of the last \(unread) are not read")
    }
    if let expected = notes.imageJCount, expected > pages.count, frames == nil {
      warnings.append("its ImageJ header promises \(expected) images, but \(pages.count) are there")
    }
    if first.photometric == 0 && first.palette == nil {
      warnings.append("stores white as zero: values are given as stored, so bright areas have low values")
    }
    metadata = notes.tree
    acquisition = notes.acquisition
    self.warnings = warnings
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
    if dataset == 0, let hiddenFrames { return try hiddenFrames.stream(frame: frame, from: file, body) }
    try TIFFPixels(page: stacks[dataset][frame], file: file).stream(body)
  }

  /// - Parameter scale: what speaks of these pages alone; nil if there is only their own directory.
  private static func description(
    of stack: [TIFFPage], scale: TIFFScale?, frames: Int, index: Int, readsTexts: Bool
  ) -> DatasetDescription {
    let page = stack[0]
    let scale = scale ?? (readsTexts ? TIFFScale.of(page.directory, width: page.width, height: page.height) : nil)
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
    let named = stack.count { $0.directory.hasText(TIFFTag.pageName) }
    let first =
      readsTexts && (frames == 1 || named == frames)
      ? page.directory.text(TIFFTag.pageName).map { $0.count > 200 ? "\($0.prefix(200))..." : $0 } : nil
    let name = frames == 1 ? first ?? "image" : first.map { "stack of \($0), ..." } ?? "stack"
    return DatasetDescription(
      index: index, name: name, shape: shape, type: page.type, channels: page.channels,
      colour: page.isColour ? .rgb : .grey, axes: axes)
  }

  /// Source: ImageJ, ij.io.TiffEncoder: above 4 GB only the first image has a directory, the others follow its pixels.
  private static func hiddenFrames(behind page: TIFFPage, count: Int?, in file: FileBytes) -> StoredArray? {
    guard let count, count > 1, page.compression == 1, page.tile == nil, page.palette == nil, page.bits >= 8,
      !page.isPlanar, let start = page.directory.integer(TIFFTag.stripOffsets),
      let array = StoredArray(
        offset: start, type: page.type,
        isBigEndian: (try? file.head(2)) == [0x4D, 0x4D], shape: [count, page.height, page.width],
        channels: page.samples),
      (try? array.check(in: file)) != nil
    else { return nil }
    return array
  }
}

import TesseraImaging

/// Which of several datasets an analysis takes when nobody names one: an image in real space that shows most.
///
/// Microscopes store thumbnails, coloured copies with scale bars, Fourier transforms and tables of the detector beside the
/// image, often before it. The criteria follow one another; each leaves those that meet it, or all if none does, and of
/// what remains the first in the file is taken.
struct DatasetChoice {
  let chosen: DatasetDescription
  /// Why images before the chosen one are not taken: `dataset 0 (image) is a colour image`.
  let reasons: [String]

  /// A thumbnail has fewer than one in this many of the pixels of the image.
  private static let thumbnailShare = 16

  /// What a dataset is that does not meet a criterion, and the criterion, which may compare with the pixels of the largest that is
  /// left: files of thousands of datasets are sorted in linear time.
  private static let criteria: [(fact: String, isMet: @Sendable (DatasetDescription, Int) -> Bool)] = [
    ("is no image", { one, _ in one.isImage }),
    ("is too small to be analysed", { one, _ in min(one.width, one.height) >= Preparation.smallestSide }),
    ("is a transform or a diffraction pattern", { one, _ in one.kind != .diffraction && !one.type.isComplex }),
    ("has more than one axis before those of the image", { one, _ in one.shape.count <= 3 }),
    ("is a colour image", { one, _ in one.colour == .grey }),
    ("is much smaller than another", { one, largest in pixels(of: one) > largest / thumbnailShare }),
    ("has 8 bits", { one, _ in one.type.size > 1 }),
    ("has no pixel size", { one, _ in one.calibration != nil }),
  ]

  private static func pixels(of dataset: DatasetDescription) -> Int {
    checkedProduct([dataset.width, dataset.height]) ?? .max
  }

  /// - Parameters:
  ///   - datasets: at least one.
  ///   - failures: by index, why a dataset cannot serve at all.
  init(among datasets: [DatasetDescription], without failures: [Int: String] = [:]) {
    var facts = failures
    var left = datasets.filter { failures[$0.index] == nil }
    if left.isEmpty { left = datasets }
    for (fact, isMet) in Self.criteria {
      let largest = left.map(Self.pixels).max() ?? 0
      let meeting = left.filter { isMet($0, largest) }
      guard !meeting.isEmpty, meeting.count < left.count else { continue }
      let kept = Set(meeting.map(\.index))
      for dataset in left where !kept.contains(dataset.index) { facts[dataset.index] = fact }
      left = meeting
    }
    let chosen = left[0]
    self.chosen = chosen
    let passed = datasets.filter { $0.isImage && $0.index < chosen.index && facts[$0.index] != nil }
    reasons =
      passed.prefix(3).map { "dataset \($0.index) (\($0.name)) \(facts[$0.index]!)" }
      + (passed.count > 3 ? ["\(passed.count - 3) more do not serve"] : [])
  }
}

/// What the words about an image say of its contrast: whether its detector shows columns bright or dark.
enum DetectorContrast {
  case bright, dark

  private static let brightWords: Set<String> = [
    "haadf", "adf", "ladf", "maadf", "laadf", "idpc", "df", "darkfield",
  ]
  private static let darkWords: Set<String> = ["abf", "bf", "brightfield"]

  /// Nil where the words name no detector, or detectors of both kinds.
  init?(words text: String) {
    let words = text.lowercased().split { !$0.isLetter }.map(String.init)
    let pairs = zip(words, words.dropFirst()).map { $0 + $1 }
    let all = Set(words + pairs)
    switch (all.isDisjoint(with: Self.brightWords), all.isDisjoint(with: Self.darkWords)) {
    case (false, true): self = .bright
    case (true, false): self = .dark
    default: return nil
    }
  }
}

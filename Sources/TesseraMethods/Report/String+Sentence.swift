extension String {
  /// With a capital letter and a full stop. Names of files and parameters at the beginning keep their case.
  package var asSentence: String {
    guard let first else { return self }
    let begins =
      prefix { $0 != " " }.contains(where: { ".:=_-/“".contains($0) }) ? self : first.uppercased() + dropFirst()
    return begins.hasSuffix(".") ? begins : begins + "."
  }
}

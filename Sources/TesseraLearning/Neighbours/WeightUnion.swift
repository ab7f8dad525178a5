/// How the two directed weights of a pair become one.
public enum WeightUnion: String, Sendable, Codable, CaseIterable {
  /// Fuzzy union Q + Qᵀ - Q ∘ Qᵀ, between 0 and 1 (the authors' program).
  case union
  /// Q + Qᵀ, between 0 and 2 (the text).
  case sum
}

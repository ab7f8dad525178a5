/// Work that paragraphs on methods cite beside `Method.references`.
enum References {
  /// [H20]
  static let activeLearning =
    "J. Dan, X. Zhao, S. Ning, J. Lu, K. P. Loh, N. D. Loh and S. J. Pennycook: A hierarchical active-learning framework for "
    + "classifying structural motifs in atomic resolution microscopy (2020)."
  /// [A23]
  static let network =
    "Z. Yan: Scanning transmission electron microscopy image atomic position detection by using deep learning. MPhil thesis, "
    + "The Hong Kong Polytechnic University (2024)."
  /// [M22]
  static let motifs = MotifMethod.references[0]
}

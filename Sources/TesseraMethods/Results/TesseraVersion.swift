/// The version of the program, as results and reports state it.
public enum TesseraVersion {
  /// The version, as major, minor and patch number.
  public static let current = "0.1.0"
}

/// The version of the program, as results and reports state it.
public enum TesseraVersion {
  public static let current = "0.1.0"
}

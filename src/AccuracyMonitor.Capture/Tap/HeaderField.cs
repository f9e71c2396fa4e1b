using System.Text;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>A header as it is on the wire, octets that need not be text.</summary>
internal readonly record struct HeaderField(byte[] Name, byte[] Value)
{
    /// <summary>Octets that RFC 7541 adds to an entry's name and value for the size of its table.</summary>
    private const int Overhead = 32;

    public int Size => Name.Length + Value.Length + Overhead;

    /// <summary>Latin-1, which has a character for every octet.</summary>
    public string Text => Encoding.Latin1.GetString(Value);

    public static HeaderField Of(string name, string value) => new(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));

    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    public bool Is(string name) => Ascii.EqualsIgnoreCase(Name, name);
}

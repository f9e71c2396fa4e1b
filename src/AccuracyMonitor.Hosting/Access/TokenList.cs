using System.Security.Cryptography;
using System.Text;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>Bearer tokens by their SHA-256. The file has no token in it, so reading it does not let anybody in.</summary>
public sealed class TokenList
{
    private readonly IReadOnlyList<(string Name, byte[] Hash)> _tokens;

    private TokenList(IReadOnlyList<(string Name, byte[] Hash)> tokens) => _tokens = tokens;

    /// <param name="text">A line per token: name, space, 64 hexadecimal digits. Empty lines and lines that begin with # do not count.</param>
    /// <exception cref="FormatException">A line is not <c>NAME SHA256</c>; the message names its number and not its content.</exception>
    public static TokenList Parse(string text)
    {
        List<(string, byte[])> tokens = [];
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            if (words.Length != 2 || words[1].Length != 2 * SHA256.HashSizeInBytes || !words[1].All(char.IsAsciiHexDigit))
            {
                throw new FormatException($"line {number} is not a name and the 64 hexadecimal digits of a token's SHA-256.");
            }

            tokens.Add((words[0], Convert.FromHexString(words[1])));
        }

        return new TokenList(tokens);
    }

    public int Count => _tokens.Count;

    /// <summary>Name of a token; null: there is none. The time depends on the number of tokens and not on which fits.</summary>
    public string? NameOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        string? found = null;
        foreach (var (name, expected) in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, expected))
            {
                found = name;
            }
        }

        return found;
    }
}

using System.Security.Cryptography;
using System.Text;

namespace AccuracyMonitor.Bridge.Journal;

/// <summary>The key of what the bridge gives out and takes back. It is made once and kept in the journal, whose file only its owner may read.</summary>
internal sealed class BridgeKey
{
    private const string Fact = "key";

    private readonly byte[] _key;

    public BridgeKey(BridgeJournal journal)
    {
        if (journal.Fact(Fact) is not { } text)
        {
            text = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
            journal.SetFact(Fact, text);
        }

        _key = Convert.FromHexString(text);
        HookSecret = Sign("webhook");
    }

    /// <summary>What a webhook call must carry: the tool signs nothing.</summary>
    public string HookSecret { get; }

    /// <summary>HMAC-SHA256 in hexadecimal digits.</summary>
    public string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    /// <summary>Takes the same time whatever is wrong.</summary>
    public static bool AreEqual(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}

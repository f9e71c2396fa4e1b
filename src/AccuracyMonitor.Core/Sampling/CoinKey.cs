using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// The secret behind every sampling decision. The random number of a prediction is determined by (key, model, version, id): a retry or a
/// replay with the same key decides the same, and who does not know the key cannot choose ids that are labelled or ids that are not.
/// </summary>
/// <remarks>
/// The key of a model version is HMAC-SHA256 of its name, computed once; the hash of a prediction id is SipHash-2-4 with that key
/// (<see cref="KeyedHash"/>). <c>HMACSHA256.HashData</c> per prediction was rejected: it costs 15 to 30 times as much
/// (<c>benchmarks coin</c>). An unkeyed hash (XXH64, which was used before) lets whoever chooses the ids also choose the labels.
/// </remarks>
public sealed class CoinKey
{
    /// <summary>Length of the secret.</summary>
    public const int Bytes = 32;

    private readonly byte[] _secret;

    /// <param name="secret">32 bytes from a cryptographic random number generator.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public CoinKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Bytes)
        {
            throw new ArgumentException($"The secret has {secret.Length} bytes; it must have {Bytes}.", nameof(secret));
        }

        _secret = secret.ToArray();
    }

    /// <summary>A key that everybody can compute: for simulations, and for runs that are to be repeated exactly.</summary>
    public static CoinKey FromSeed(ulong seed)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        return new CoinKey(SHA256.HashData(bytes));
    }

    /// <summary>The hash behind the sampling decisions of a model version.</summary>
    public KeyedHash Decisions(ModelKey key) => Derive("decision", key);

    /// <summary>The hash that divides the labels of a model version into folds; independent of <see cref="Decisions"/>.</summary>
    public KeyedHash Folds(ModelKey key) => Derive("fold", key);

    /// <summary>The hash that draws the requests of a model version that a second annotator answers too; independent of the others.</summary>
    public KeyedHash SecondOpinions(ModelKey key) => Derive("second opinion", key);

    /// <summary>Never the secret: a log line must not contain it.</summary>
    public override string ToString() => nameof(CoinKey);

    // The lengths are part of the message, so that ("ab", "c") and ("a", "bc") have different keys.
    private KeyedHash Derive(string purpose, ModelKey key)
    {
        var message = Encoding.UTF8.GetBytes($"{purpose}\0{key.Model.Length}\0{key.Model}\0{key.Version.Length}\0{key.Version}");
        Span<byte> derived = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, message, derived);
        return new KeyedHash(BinaryPrimitives.ReadUInt64LittleEndian(derived), BinaryPrimitives.ReadUInt64LittleEndian(derived[sizeof(ulong)..]));
    }
}

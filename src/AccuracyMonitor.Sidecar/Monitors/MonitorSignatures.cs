using System.Security.Cryptography;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Scoring;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>
/// Checks who made a monitor file before anything of it is read: ECDSA over SHA-256, as <c>cosign sign-blob --key</c> and <c>openssl dgst -sha256 -sign</c>
/// write it. Without <see cref="MonitorOptions.PublicKeys"/> every file passes. Monitors that this sidecar has adapted itself are not signed.
/// </summary>
internal sealed class MonitorSignatures : IDisposable
{
    private readonly ECDsa[] _keys;

    /// <summary>Reads the keys, which <see cref="MonitorOptionsValidator"/> has checked.</summary>
    public MonitorSignatures(IOptions<MonitorOptions> options) => _keys = [.. options.Value.PublicKeys.Select(KeyOf)];

    /// <summary>Where the signature of a file lies.</summary>
    public static string PathFor(string file) => $"{file}.sig";

    /// <returns>Why a file holds no usable key; null: it does.</returns>
    public static string? Problem(string path)
    {
        try
        {
            KeyOf(path).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            return $"Monitor:PublicKeys names '{path}'; it must be a PEM file with an elliptic-curve public key (BEGIN PUBLIC KEY): {e.Message}";
        }
    }

    /// <summary>Checks a file that a setting names, against the signature beside it.</summary>
    /// <exception cref="MonitorFileException">The signature is missing, damaged, or of none of the keys.</exception>
    public void CheckFile(string path, byte[] file)
    {
        if (_keys.Length > 0)
        {
            Check(file, File.Exists(PathFor(path)) ? BoundedFile.ReadText(PathFor(path)) : "");
        }
    }

    /// <param name="file">As it was signed.</param>
    /// <param name="signature">Base64 of the DER form; white space at its ends does not count.</param>
    /// <exception cref="MonitorFileException">As for <see cref="CheckFile"/>.</exception>
    public void Check(byte[] file, string signature)
    {
        if (_keys.Length == 0)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(signature))
        {
            throw new MonitorFileException("The monitor is not signed, and Monitor:PublicKeys asks for a signature (a file beside it with the ending .sig).");
        }

        var text = signature.AsSpan().Trim();
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64Chars(text, bytes, out var length)
            || !_keys.Any(k => k.VerifyData(file, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)))
        {
            throw new MonitorFileException($"The monitor's signature is of none of the {_keys.Length} keys of Monitor:PublicKeys.");
        }
    }

    public void Dispose() => Array.ForEach(_keys, static k => k.Dispose());

    private static ECDsa KeyOf(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(BoundedFile.ReadText(path));
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}

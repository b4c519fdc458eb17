using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Mars.Server.Security;

/// <summary>
/// Keys: mars_ and 256 random bits. Only their SHA-256 is kept. A slow hash (PBKDF2, Argon2) makes guessing passwords dear; nobody guesses 256 random bits, whatever a
/// guess costs, and a slow hash would let strangers burn the server's processor with wrong keys. So that this holds, only keys of this form are taken: no words of people's own.
/// </summary>
internal static class ApiKey
{
    public const string HashPrefix = "sha256:";
    private const string Prefix = "mars_";
    private const int Bytes = 32;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static bool HasForm(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(key.AsSpan(Prefix.Length), out var length) && length == Bytes;

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static string Write(ReadOnlySpan<byte> hash) => HashPrefix + Convert.ToHexStringLower(hash);

    /// <summary>Reads sha256: and 64 hexadecimal digits; null where it is something else.</summary>
    public static byte[]? ReadHash(string text)
    {
        if (!text.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase) || text.Length != HashPrefix.Length + (2 * SHA256.HashSizeInBytes))
            return null;
        var hash = new byte[SHA256.HashSizeInBytes];
        return Convert.FromHexString(text.AsSpan(HashPrefix.Length), hash, out _, out _) == System.Buffers.OperationStatus.Done ? hash : null;
    }
}

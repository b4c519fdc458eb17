using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mars.Server.Events;

/// <summary>
/// Signs a message as the Standard Webhooks say (https://www.standardwebhooks.com), so that their libraries check it: HMAC-SHA256 over "id.timestamp.body".
/// A secret that begins with whsec_ is the base64 of the key; any other is the key itself, in UTF-8.
/// </summary>
internal static class WebhookSignature
{
    public const int ShortestSecret = 16;

    private const string Encoded = "whsec_";

    /// <summary>The value of the header webhook-signature.</summary>
    public static string Sign(byte[] key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return $"v1,{Convert.ToBase64String(hash.GetHashAndReset())}";
    }

    public static byte[] Key(string secret)
    {
        var key = new byte[secret.Length];
        return secret.StartsWith(Encoded, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[Encoded.Length..], key, out var length)
            ? key[..length]
            : Encoding.UTF8.GetBytes(secret);
    }
}

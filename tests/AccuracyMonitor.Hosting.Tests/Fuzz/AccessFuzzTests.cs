using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Tests.Access;
using AccuracyMonitor.Tests.Fuzz;

namespace AccuracyMonitor.Hosting.Tests.Fuzz;

/// <summary>Files and texts that say who may do what.</summary>
public sealed class AccessFuzzTests
{
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData("secret"u8));

    [Fact]
    public void Token_files() => FuzzRun.Run<FormatException>(
        Bytes($"# of the team\nops {Hash}\n\n\tweb\t{Hash}\r\n", $"ops {Hash}"), 4000, bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            TokenList.Parse(text).NameOf("secret")?.Length.ShouldBeGreaterThan(0);
        });

    [Fact]
    public void Key_sets()
    {
        using var issuer = new TestIssuer();
        FuzzRun.Run<ArgumentException>(Bytes(issuer.KeySet), 1000, bytes => JwtKeys.Parse(Encoding.UTF8.GetString(bytes)).ShouldNotBeEmpty());
    }

    [Fact]
    public void Grants() => FuzzRun.Run<FormatException>(
        Bytes("token:ops=administer,label", "cert:spiffe://shop/web=observe@a,b", "*=read@m", "jwt:CN=a@b=read"), 4000, bytes =>
        {
            var grant = Grant.Parse(Encoding.UTF8.GetString(bytes));
            grant.Covers(Roles.Read, "m");
        });

    private static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}

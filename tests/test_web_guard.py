"""Which addresses the door may connect to, and how addresses are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.reasons import Reason
from pipeline.web import guard, hosts, targets
from pipeline.web.faults import Fault

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "11.0.0.0",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "169.253.255.255",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4009:800::200e",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2606:4700:0:0:0:5efe:808:808",
]

REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",  # IPv4-compatible
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",  # SIIT
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:7f00:1:0:0:f7f7:f7f7",  # Teredo: server 127.0.0.1, client 8.8.8.8
    "2001:0:808:808:0:0:80ff:fffe",  # Teredo: server 8.8.8.8, client 127.0.0.1
    "2001:2::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:a00:1::",
    "2606:4700:0:0:0:5efe:7f00:1",  # ISATAP
    "2606:4700:0:0:200:5efe:a00:1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "no address",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_meets_no_objection(address):
    assert guard.objection(address) == ""


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(address):
    assert guard.objection(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_changes_what_is_thought_of_it(address):
    packed = int(address)
    for wrapped in (f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{packed >> 16:x}:{packed & 0xFFFF:x}::1"):
        assert bool(guard.objection(wrapped)) == bool(guard.objection(address))


@given(st.ip_addresses())
def test_what_python_holds_for_private_is_never_public(address):
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if not guard.objection(address) and not getattr(address, "teredo", None):
        assert inner.is_global or int(address) >> 32 == 0x64FF9B << 64


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "010.8.8.8", "1.2.3.4.5", "0x"]
)
def test_a_number_in_another_form_is_refused_whatever_it_means(host):
    with pytest.raises(Fault) as caught:
        hosts.internet(lookup=lambda *_: ("8.8.8.8",))(host, 80, 1.0)
    assert caught.value.reason is Reason.ADDRESS_REFUSED


@pytest.mark.parametrize("name", ["news.example", "1.example", "127.0.0.1.example", "0x7f.example", "de"])
def test_a_name_is_no_number(name):
    assert guard.literal(name) is None


def test_one_private_address_among_public_ones_refuses_the_host():
    resolve = hosts.internet(lookup=lambda *_: ("93.184.216.34", "2606:4700::1", "10.0.0.1"))
    with pytest.raises(Fault) as caught:
        resolve("news.example", 80, 1.0)
    assert caught.value.reason is Reason.ADDRESS_REFUSED
    assert "10.0.0.1" in caught.value.detail


def test_a_host_resolves_to_all_its_public_addresses():
    resolve = hosts.internet(lookup=lambda *_: ("93.184.216.34", "2606:4700::1"))
    assert resolve("news.example", 443, 1.0) == (("93.184.216.34", 443), ("2606:4700::1", 443))


def test_a_name_that_does_not_resolve_is_a_fault_of_dns():
    def lookup(*_):
        raise OSError("no such name")

    for ask in (lookup, lambda *_: ()):
        with pytest.raises(Fault) as caught:
            hosts.internet(lookup=ask)("news.example", 80, 1.0)
        assert caught.value.reason is Reason.DNS_FAILED


def test_this_machine_resolves_its_own_name_and_is_refused():
    with pytest.raises(Fault) as caught:
        hosts.internet()("localhost", 80, 5.0)
    assert caught.value.reason is Reason.ADDRESS_REFUSED


def test_the_allow_list_is_exact():
    resolve = hosts.internet(allowed=frozenset({"127.0.0.1:8000", "[::1]:8000"}))
    assert resolve("127.0.0.1", 8000, 1.0) == (("127.0.0.1", 8000),)
    assert resolve("::1", 8000, 1.0) == (("::1", 8000),)
    for host, port in (("127.0.0.1", 8001), ("127.0.0.2", 8000), ("::ffff:127.0.0.1", 8000), ("localhost", 8000)):
        with pytest.raises(Fault):
            resolve(host, port, 5.0)


def test_in_a_closed_world_only_its_own_hosts_exist(tmp_path):
    file = tmp_path / "hosts"
    file.write_text("# the newsstand\n\nWWW.News.example:80 127.0.0.1:4123\n[2001:db8::5]:81 [::1]:4124\n", encoding="utf-8")
    world = hosts.read(file)
    assert world == {"www.news.example:80": ("127.0.0.1", 4123), "[2001:db8::5]:81": ("::1", 4124)}
    assert hosts.closed(world)("www.news.example", 80, 1.0) == (("127.0.0.1", 4123),)
    for host, port in (("www.news.example", 443), ("news.example", 80), ("127.0.0.1", 4123), ("8.8.8.8", 53)):
        with pytest.raises(Fault) as caught:
            hosts.closed(world)(host, port, 1.0)
        assert caught.value.reason is Reason.DNS_FAILED


@pytest.mark.parametrize("line", ["news.example 127.0.0.1", "news.example:80 localhost:81", "news.example:80", "a:b c:d", "a:80 127.1:80"])
def test_a_hosts_file_says_where_it_is_wrong(tmp_path, line):
    file = tmp_path / "hosts"
    file.write_text(f"ok.example:80 127.0.0.1:1\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="hosts:2"):
        hosts.read(file)


def test_a_hosts_file_that_is_not_there_is_an_error_of_the_settings(tmp_path):
    with pytest.raises(SettingsError):
        hosts.read(tmp_path / "none")


READ = [
    ("http://news.example", "http://news.example/", "news.example", 80),
    ("HTTPS://News.Example:443/a?b=c#d", "https://news.example/a?b=c", "news.example", 443),
    ("  http://news.example/a b\n", "http://news.example/a%20b", "news.example", 80),
    ("http://news.example./x", "http://news.example/x", "news.example", 80),
    ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example", 80),
    ("http://[::1]:8080/", "http://[::1]:8080/", "::1", 8080),
    ("http://my_news.example:81/%41", "http://my_news.example:81/A", "my_news.example", 81),
    ("http://news.example\\@evil.example/", "http://news.example/%5C@evil.example/", "news.example", 80),
    ("http://news.example/a/../b", "http://news.example/b", "news.example", 80),
]


@pytest.mark.parametrize(("url", "normal", "host", "port"), READ)
def test_an_address_is_read_once_into_its_parts(url, normal, host, port):
    target = targets.read(url)
    assert (target.url, target.host, target.port) == (normal, host, port)
    assert targets.read(target.url) == target


BAD = [
    "",
    "news.example",
    "//news.example/",
    "ftp://news.example/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,hi",
    "gopher://news.example/",
    "http:/news.example",
    "http:news.example",
    "http://",
    "http:///path",
    "http://user@news.example/",
    "http://user:word@news.example/",
    "http://@news.example/",
    "http://news.example:0/",
    "http://news.example:99999/",
    "http://news.example:port/",
    "http://news..example/",
    "http://-news.example/",
    "http://.example/",
    "http://*.example/",
    "http://ne ws.example/",
    "http://news%2eexample/",
    "http://127.0.0.%31/",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://[::1/",
    "http://[fe80::1%25eth0]/",
    "http://news.example/a\nb",
    "http://news.example/\x00",
    "http://news\ud800.example/",
    f"http://{'a' * 64}.example/",
    f"http://{'a.' * 130}example/",
]


@pytest.mark.parametrize("url", BAD)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(Fault) as caught:
        targets.read(url)
    assert caught.value.reason is Reason.BAD_URL


@pytest.mark.parametrize("path", ["a" * 2048, "ü" * 400, "\ud800" * 700, "a/../" * 1000])
def test_an_address_is_at_most_2048_bytes_also_when_encoded(path):
    with pytest.raises(Fault) as caught:
        targets.read(f"http://news.example/{path}")
    assert caught.value.reason is Reason.URL_TOO_LONG


@given(st.text(max_size=60))
def test_whatever_stands_for_an_address_is_read_or_refused(tail):
    for url in (tail, f"http://{tail}", f"http://news.example/{tail}"):
        try:
            target = targets.read(url)
        except Fault:
            continue
        assert target.url.isascii()
        assert targets.read(target.url) == target

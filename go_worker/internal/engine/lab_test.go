package engine

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"hazard/internal/lab/conduit"
	lab "hazard/internal/lab/target"
	"hazard/internal/pb"
)

func startLab(t *testing.T, options lab.Options) *lab.Target {
	t.Helper()
	options.Listen, options.Limits = "127.0.0.1:0", conduit.DefaultLimits()
	running, err := lab.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	return running
}

func TestDigestServersAreAnswered(t *testing.T) {
	server := startLab(t, lab.Options{})
	for _, algorithm := range []string{"MD5", "MD5-sess", "SHA-256", "SHA-256-sess"} {
		for _, qop := range []string{"auth", "auth-int", "none"} {
			var steps []*pb.Step
			for i := range 3 {
				step := getStep(fmt.Sprint(i), fmt.Sprintf("http://%s/digest-auth/ada/pw?algorithm=%s&qop=%s", server.Address(), algorithm, qop))
				step.GetRequest().Method = "POST"
				step.GetRequest().Body = &pb.Body{Kind: &pb.Body_Text{Text: &pb.TextBody{Content: "hello"}}}
				step.GetRequest().Auth = &pb.Auth{Kind: &pb.Auth_Digest{Digest: &pb.DigestAuth{Username: "ada", Password: "pw"}}}
				steps = append(steps, step)
			}
			told, _, _ := checked(t, &pb.CheckRequest{Plan: planOf(nil, steps...)})
			for _, step := range told {
				if !step.Ok || !strings.HasPrefix(step.Response.FirstLine, "HTTP/1.1 200") {
					t.Errorf("%s %s, request %s: %s", algorithm, qop, step.Name, step.Response.FirstLine)
				}
			}
		}
	}
}

func TestAWrongPasswordIsNotTriedForEver(t *testing.T) {
	server := startLab(t, lab.Options{})
	step := getStep("a", "http://"+server.Address()+"/digest-auth/ada/pw")
	step.GetRequest().Auth = &pb.Auth{Kind: &pb.Auth_Digest{Digest: &pb.DigestAuth{Username: "ada", Password: "no"}}}
	told, _, _ := checked(t, &pb.CheckRequest{Plan: planOf(nil, step)})
	if told[0].Ok || told[0].Error != "HTTP 401" {
		t.Errorf("%v", told[0])
	}
}

// startNTLM serves the three messages of NTLM on one connection; the last is not checked.
func startNTLM(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	challenge := append([]byte("NTLMSSP\x00\x02\x00\x00\x00"), make([]byte, 44)...)
	challenge[16] = 56                                   // offset of an empty target name
	copy(challenge[20:], []byte{0x01, 0x02, 0x88, 0xa2}) // unicode, NTLM, extended security, target info
	copy(challenge[24:], "12345678")
	challenge[44] = 56 // offset of an empty target info
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveNTLM(conn, challenge)
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}

func serveNTLM(conn net.Conn, challenge []byte) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		answer := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"
		encoded, found := strings.CutPrefix(request.Header.Get("Authorization"), "NTLM ")
		if message, err := base64.StdEncoding.DecodeString(encoded); found && err == nil && len(message) > 8 {
			switch message[8] {
			case 1:
				answer = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM " +
					base64.StdEncoding.EncodeToString(challenge) + "\r\nContent-Length: 0\r\n\r\n"
			case 3:
				answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
			}
		}
		if _, err := conn.Write([]byte(answer)); err != nil {
			return
		}
	}
}

func TestNTLMTakesThreeMessagesOnOneConnection(t *testing.T) {
	step := getStep("a", startNTLM(t))
	step.GetRequest().Auth = &pb.Auth{Kind: &pb.Auth_Ntlm{Ntlm: &pb.NtlmAuth{Username: "ada", Password: "pw", Domain: "LAB"}}}
	told, _, findings := checked(t, &pb.CheckRequest{Plan: planOf(nil, step)})
	if len(findings) > 0 || !told[0].Ok || !told[0].Timing.Reused {
		t.Errorf("%v %v", findings, told)
	}
}

func TestConnectToAndTLSOptionsWork(t *testing.T) {
	server := startLab(t, lab.Options{TLSListen: "127.0.0.1:0", TLSDir: t.TempDir()})
	_, port, _ := net.SplitHostPort(server.TLSAddress())
	plan := planOf(nil, getStep("a", "https://shop.example.com/static"))
	request := &pb.CheckRequest{Plan: plan, Options: &pb.RunOptions{ConnectTo: []string{"::127.0.0.1:" + port}}}
	if told, _, _ := checked(t, request); told[0].ErrorKind != "tls" {
		t.Errorf("an unknown authority is trusted: %v", told[0])
	}
	request.Options.Insecure = true
	if told, _, _ := checked(t, request); !told[0].Ok {
		t.Errorf("insecure: %v", told[0])
	}
	authority, err := os.ReadFile(server.Certificates().Authority)
	if err != nil {
		t.Fatal(err)
	}
	request.Options.Insecure = false
	plan.Defaults = &pb.Policies{CaFile: ptr("ca.pem"), ServerName: ptr("localhost")}
	request.Files = []*pb.FileData{{Path: "ca.pem", Content: authority}}
	if told, _, _ := checked(t, request); !told[0].Ok {
		t.Errorf("with the authority: %v", told[0])
	}
}

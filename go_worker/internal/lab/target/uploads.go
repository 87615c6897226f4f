package target

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// uploadPart describes one part of a multipart body as it was received.
type uploadPart struct {
	Name        string `json:"name"`
	FileName    string `json:"file_name,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Bytes       int64  `json:"bytes"`
	SHA256      string `json:"sha256"`
}

// answerUpload lists the parts of a multipart body in their order; of any other body it gives size
// and hash as one part without a name.
func (t *Target) answerUpload(ctx *fasthttp.RequestCtx, _ route.Params) {
	contentType := string(ctx.Request.Header.ContentType())
	kind, settings, err := mime.ParseMediaType(contentType)
	parts := []uploadPart{}
	if err == nil && kind == "multipart/form-data" {
		parts, err = describeParts(ctx.Request.Body(), settings["boundary"])
		if err != nil {
			answerError(ctx, http.StatusBadRequest, "the multipart body is broken: "+err.Error())
			return
		}
	} else {
		part := uploadPart{ContentType: contentType}
		if err := part.read(bytes.NewReader(ctx.Request.Body())); err != nil {
			answerError(ctx, http.StatusInternalServerError, err.Error())
			return
		}
		parts = append(parts, part)
	}
	answerJSON(ctx, http.StatusOK, map[string]any{
		"content_type": contentType, "body_bytes": len(ctx.Request.Body()), "parts": parts,
	})
}

func describeParts(body []byte, boundary string) ([]uploadPart, error) {
	parts := []uploadPart{}
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		in, err := reader.NextRawPart()
		if err == io.EOF { // a wrapped EOF is a body without its last boundary
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		part := uploadPart{
			Name: in.FormName(), FileName: in.FileName(), ContentType: in.Header.Get("Content-Type"),
		}
		if err := part.read(in); err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
}

func (p *uploadPart) read(from io.Reader) error {
	sum := sha256.New()
	n, err := io.Copy(sum, from)
	p.Bytes, p.SHA256 = n, hex.EncodeToString(sum.Sum(nil))
	return err
}
